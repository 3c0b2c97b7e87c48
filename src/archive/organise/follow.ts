import { basename } from 'node:path';
import type { Kysely } from 'kysely';
import { saveFiles } from '../../catalog/file.ts';
import type { FileInput } from '../../catalog/file.ts';
import type { JournalStep } from '../../catalog/journal.ts';
import type { EngineName } from '../../catalog/open-engine.ts';
import { copyChoices, noteChangeTimes, relocateFiles, relocateOutputs } from '../../catalog/relocate.ts';
import type { Relocated } from '../../catalog/relocate.ts';
import type { Tables } from '../../catalog/schema.ts';
import { readByKeys, upsert } from '../../catalog/upsert.ts';
import type { FileIdentity } from '../../library/file-identity.ts';
import type { PathText } from '../../library/disk-path.ts';
import { stemOf } from '../../profiles/profile.ts';
import { placeIn, rootOf } from './journal-roots.ts';
import type { JournalRoot } from './journal-roots.ts';

/** A step that was taken, and its target as it is now. */
export interface StepDone {
  readonly step: JournalStep;
  readonly now: FileIdentity;
}

export interface Followed {
  /** Library files that lie elsewhere now, and new ones. */
  readonly touched: number[];
  /** New library files by the file they are copies of. */
  readonly made: ReadonlyMap<number, number>;
}

/** Brings the catalog after the disk: rows of moved files and of what we wrote beside them, new rows for copies. */
export async function followMoves(
  trx: Kysely<Tables>,
  engine: EngineName,
  done: readonly StepDone[],
  roots: ReadonlyMap<number, JournalRoot>,
  at: number,
): Promise<Followed> {
  const moved = done.filter(({ step }) => step.op === 'move');
  const copied = done.filter(({ step }) => step.op !== 'move');
  const models = moved.filter(({ step }) => step.role === 'model');
  await relocateFiles(
    trx,
    engine,
    models.map(({ step, now }) => relocated(step, rootOf(roots, step.target_root_id), step.target, now)),
    at,
  );
  await relocateOutputs(
    trx,
    engine,
    moved
      .filter(({ step }) => step.role === 'companion')
      .map(({ step, now }) => ({
        from: step.source,
        to: step.target,
        rootId: step.target_root_id,
        mtimeNs: now.mtimeNs,
      })),
  );
  const linked = copied.filter(({ step }) => step.op === 'hardlink');
  await noteChangeTimes(
    trx,
    engine,
    linked.map(({ step, now }) => [step.file_id, now.ctimeNs]),
  );
  const made =
    copied.length === 0 ? new Map<number, number>() : await addCopies(trx, engine, copied, roots, at);
  return { touched: [...models.map(({ step }) => step.file_id), ...made.values()], made };
}

/** A library file's row at another place. */
export function relocated(
  step: JournalStep,
  root: JournalRoot,
  path: PathText,
  now: FileIdentity,
): Relocated {
  const place = placeIn(root, path);
  const { mtimeNs, ctimeNs, device, inode } = now;
  const isSameInode =
    inode === (step.left_inode ?? step.inode) && mtimeNs === (step.left_mtime_ns ?? step.mtime_ns);
  const onlyFolder = isSameInode && basename(step.source) === basename(step.target);
  return {
    fileId: step.file_id,
    rootId: root.id,
    ...place,
    stem: stemOf(place.name),
    mtimeNs,
    ctimeNs,
    device,
    inode,
    onlyFolder,
  };
}

async function addCopies(
  trx: Kysely<Tables>,
  engine: EngineName,
  copied: readonly StepDone[],
  roots: ReadonlyMap<number, JournalRoot>,
  at: number,
): Promise<Map<number, number>> {
  const models = copied.filter(({ step }) => step.role === 'model');
  const originals = await readByKeys(
    models.map(({ step }) => step.file_id),
    (some) => trx.selectFrom('file').select(['id', 'blob_id', 'ext']).where('id', 'in', some).execute(),
  );
  const byId = new Map(originals.map((row) => [row.id, row]));
  const made = new Map<number, number>();
  for (const rootId of new Set(models.map(({ step }) => step.target_root_id))) {
    const own = models.filter(({ step }) => step.target_root_id === rootId);
    const inputs = own.map(({ step, now }) =>
      copyInput(step, now, rootOf(roots, rootId), byId.get(step.file_id)),
    );
    await saveFiles(trx, rootId, inputs, at);
    const rows = await readByKeys(
      inputs.map((input) => input.pathKey),
      (some) =>
        trx
          .selectFrom('file')
          .select(['id', 'path_key'])
          .where('root_id', '=', rootId)
          .where('path_key', 'in', some)
          .execute(),
    );
    const ids = new Map(rows.map((row) => [row.path_key, row.id]));
    for (const [index, { step }] of own.entries())
      made.set(step.file_id, ids.get(inputs[index]?.pathKey ?? '') ?? 0);
  }
  await copyChoices(trx, engine, [...made]);
  await addOutputs(trx, copied, made, at);
  return made;
}

function copyInput(
  step: JournalStep,
  now: FileIdentity,
  root: JournalRoot,
  original: { readonly blob_id: number | null; readonly ext: string } | undefined,
): FileInput {
  const place = placeIn(root, step.target);
  return {
    ...place,
    stem: stemOf(place.name),
    ext: original?.ext ?? '',
    size: now.size,
    mtimeNs: now.mtimeNs,
    ctimeNs: now.ctimeNs,
    device: now.device,
    inode: now.inode,
    blobId: original?.blob_id ?? null,
    hashOrigin: 'copied',
  };
}

/** A copy of a picture that we fetched is ours as well. */
async function addOutputs(
  trx: Kysely<Tables>,
  copied: readonly StepDone[],
  made: Map<number, number>,
  at: number,
): Promise<void> {
  const companions = new Map(
    copied.flatMap((one) => (one.step.role === 'companion' ? [[one.step.source, one] as const] : [])),
  );
  // The model file may have been settled before a kill.
  const missing = [...companions.values()]
    .filter(({ step }) => !made.has(step.file_id))
    .map(({ step }) => step.file_id);
  const known = await readByKeys(missing, (some) =>
    trx
      .selectFrom('journal_step')
      .select(['run_id', 'file_id', 'made_file_id'])
      .where('role', '=', 'model')
      .where('file_id', 'in', some)
      .where('made_file_id', 'is not', null)
      .orderBy('run_id')
      .execute(),
  );
  const owners = new Map([...known.map((row) => [row.file_id, row.made_file_id ?? 0] as const), ...made]);
  const rows = await readByKeys(companions.keys(), (some) =>
    trx.selectFrom('output').selectAll().where('path', 'in', some).execute(),
  );
  const copies = rows.flatMap(({ id: _id, ...row }) => {
    const copy = companions.get(row.path);
    const owner = copy === undefined ? undefined : owners.get(copy.step.file_id);
    if (copy === undefined || owner === undefined) return [];
    return [
      {
        ...row,
        // A note for another program may name the place of the file it was copied from.
        intent_sha256: row.kind === 'sidecar' ? (row.intent_sha256 ?? row.done_sha256) : row.intent_sha256,
        path: copy.step.target,
        root_id: copy.step.target_root_id,
        file_id: owner,
        mtime_ns: copy.now.mtimeNs,
        at,
      },
    ];
  });
  await upsert(trx, 'output', copies, { key: ['path'] });
}
