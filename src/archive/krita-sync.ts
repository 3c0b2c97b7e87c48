import { UserError } from '../base/errors.ts';
import type { Catalog } from '../catalog/open.ts';
import { renderLoras } from '../formats/krita-loras.ts';
import type { KritaAddition, KritaChange, KritaEntry } from '../formats/krita-loras.ts';
import { indexLoras } from '../formats/krita-loras-match.ts';
import type { LoraIndex } from '../formats/krita-loras-match.ts';
import type { MergedSidecar } from '../formats/sidecars/merge-sidecars.ts';
import { readLoras, writeLoras } from './krita-sync-file.ts';
import type { ReadLoras } from './krita-sync-file.ts';
import { strengthsOf } from './krita-sync-strength.ts';
import type { StrengthSource } from './krita-sync-strength.ts';
import { knownLoras, notesOf, triggersOf } from './krita-sync-words.ts';
import type { KnownLora } from './krita-sync-words.ts';

export interface KritaSyncOptions {
  readonly catalog: Pick<Catalog, 'db'>;
  readonly hostId: string;
  /** Absolute; only files at or below one of these count. Empty: every scanned file. */
  readonly paths: readonly string[];
  /** Absolute. */
  readonly lorasFile: string;
  /** `never`: only where there is no text at all; `empty`: also where it is blank; `always`: whatever is there. */
  readonly overwrite: 'never' | 'empty' | 'always';
  /** `undefined` leaves strengths alone; they are only ever set where there is none. */
  readonly strength: StrengthSource | undefined;
  /** Also list known LoRAs that Krita has no entry for; makes the file when it is not there. */
  readonly add: boolean;
  /** On disks that ignore letter case. */
  readonly ignoreCase: boolean;
  readonly dryRun: boolean;
  readonly now: () => number;
}

/** One entry with what becomes of it. */
export interface KritaDiff extends KritaChange {
  readonly id: string;
  /** The text before, if there was one. */
  readonly before: string | undefined;
  readonly added: boolean;
}

export interface KritaSynced {
  /** `entries` = `matched` + `ambiguous` + `unmatched`; `changed` of the matched ones; `added` besides. */
  readonly counts: Readonly<
    Record<'entries' | 'matched' | 'changed' | 'ambiguous' | 'unmatched' | 'added', number>
  >;
  readonly changes: readonly KritaDiff[];
  /** Entries that may mean several files, and these. */
  readonly ambiguous: readonly { readonly id: string; readonly files: readonly string[] }[];
  readonly warnings: readonly string[];
  /** Absolute path of the copy of the list as it was. */
  readonly backup: string | undefined;
}

/**
 * Brings trigger words and strengths of known LoRAs into Krita AI Diffusion's list, and changes nothing else in it. A
 * list that is right already is not touched. Throws UserError and LibraryError; the list is then as it was.
 */
export async function syncKrita(options: KritaSyncOptions): Promise<KritaSynced> {
  const read = readLoras(options.lorasFile, { mayLack: options.add });
  const files = oncePerPath(
    (await knownLoras(options.catalog.db, options.hostId)).filter((file) => liesIn(file.path, options.paths)),
  );
  if (files.length === 0)
    throw new UserError('No scanned file is a LoRA.', {
      code: 'no-loras',
      next: 'civitarium scan FOLDER comes first.',
    });
  const index = indexLoras(files, options);
  const matches = read.loras.entries.map((entry) => index.match(entry));
  const listed = new Set(matches.flatMap((match) => match.files));
  const additional = options.add ? files.filter((file) => !listed.has(file)) : [];
  const matched = matches.map((match) => (match.kind === 'matched' ? bestOf(match.files) : undefined));
  const facts = await factsOf(options, [...matched.filter((file) => file !== undefined), ...additional]);
  const changes = changesOf(read.loras.entries, matched, facts, options);
  const additions = additionsOf(additional, index, facts);
  const ambiguous = matches.flatMap((match, at) =>
    match.kind === 'ambiguous'
      ? [{ id: read.loras.entries[at]?.id ?? '', files: match.files.map((file) => file.path) }]
      : [],
  );
  const isChanged = changes.size + additions.length > 0;
  const backup =
    isChanged && !options.dryRun
      ? await writeLoras(read, renderLoras(read.loras, changes, additions), options.now())
      : undefined;
  const count = matched.filter((file) => file !== undefined).length;
  return {
    counts: {
      entries: matches.length,
      matched: count,
      changed: changes.size,
      ambiguous: ambiguous.length,
      unmatched: matches.length - count - ambiguous.length,
      added: additions.length,
    },
    changes: diffsOf(read, changes, additions),
    ambiguous,
    warnings: [...read.loras.warnings, ...commentWarning(read, isChanged)],
    backup,
  };
}

function liesIn(path: string, folders: readonly string[]): boolean {
  return (
    folders.length === 0 ||
    folders
      .map((folder) => folder.replaceAll('\\', '/').replace(/\/$/, ''))
      .some((folder) => path === folder || path.startsWith(`${folder}/`))
  );
}

/** A file that is known in two folders, of which one lies in the other, is one file: its nearer folder, and what is known in either. */
function oncePerPath(files: readonly KnownLora[]): KnownLora[] {
  const byPath = new Map<string, KnownLora[]>();
  for (const file of files) {
    const known = byPath.get(file.path);
    if (known === undefined) byPath.set(file.path, [file]);
    else known.push(file);
  }
  return [...byPath.values()].flatMap((same) => {
    const best = bestOf(same);
    const nearest = same.toSorted((a, b) => a.relativePath.length - b.relativePath.length)[0];
    return best === undefined || nearest === undefined
      ? []
      : [{ ...best, relativePath: nearest.relativePath }];
  });
}

/** Of copies with the same bytes the one of which most is known. */
function bestOf(files: readonly KnownLora[]): KnownLora | undefined {
  return (
    files.find((file) => file.trainedWords.length > 0) ??
    files.find((file) => file.versionId !== null) ??
    files[0]
  );
}

interface Facts {
  readonly triggers: string | undefined;
  readonly strength: number | undefined;
}

async function factsOf(
  options: KritaSyncOptions,
  files: readonly KnownLora[],
): Promise<Map<KnownLora, Facts>> {
  const noted: (KnownLora & { readonly notes: MergedSidecar })[] = [];
  for (const file of new Set(files)) noted.push({ ...file, notes: await notesOf(file) });
  const strengths =
    options.strength === undefined
      ? new Map<number, number>()
      : await strengthsOf(options.catalog.db, noted, options.strength);
  const byId = new Map(
    noted.map((file) => [
      file.fileId,
      { triggers: triggersOf(file, file.notes), strength: strengths.get(file.fileId) },
    ]),
  );
  return new Map(
    files.map((file) => [file, byId.get(file.fileId) ?? { triggers: undefined, strength: undefined }]),
  );
}

function changesOf(
  entries: readonly KritaEntry[],
  matched: readonly (KnownLora | undefined)[],
  facts: ReadonlyMap<KnownLora, Facts>,
  { overwrite }: KritaSyncOptions,
): Map<number, KritaChange> {
  const changes = new Map<number, KritaChange>();
  for (const [at, file] of matched.entries()) {
    const entry = entries[at];
    const known = file === undefined ? undefined : facts.get(file);
    if (entry === undefined || known === undefined) continue;
    const triggers =
      mayWrite(entry.triggers, overwrite) && known.triggers !== entry.triggers ? known.triggers : undefined;
    const strength = entry.hasStrength ? undefined : known.strength;
    if (triggers !== undefined || strength !== undefined) changes.set(at, { triggers, strength });
  }
  return changes;
}

function mayWrite(before: string | undefined, overwrite: KritaSyncOptions['overwrite']): boolean {
  if (before === undefined || overwrite === 'always') return true;
  return overwrite === 'empty' && before.trim() === '';
}

function additionsOf(
  files: readonly KnownLora[],
  index: LoraIndex<KnownLora>,
  facts: ReadonlyMap<KnownLora, Facts>,
): KritaAddition[] {
  const additions = new Map<string, KritaAddition>();
  for (const file of files) {
    const id = index.idOf(file);
    // Without words or type a file may be anything.
    if (file.versionId !== null && !additions.has(id)) additions.set(id, { id, ...facts.get(file) });
  }
  return [...additions.values()];
}

function diffsOf(
  { loras }: ReadLoras,
  changes: ReadonlyMap<number, KritaChange>,
  additions: readonly KritaAddition[],
): KritaDiff[] {
  const changed = [...changes].map(([at, change]) => ({
    id: loras.entries[at]?.id ?? '',
    before: loras.entries[at]?.triggers,
    added: false,
    ...change,
  }));
  return [...changed, ...additions.map((addition) => ({ before: undefined, added: true, ...addition }))];
}

function commentWarning({ loras }: ReadLoras, isChanged: boolean): string[] {
  if (loras.comments === 0 || !isChanged) return [];
  return [
    `${loras.comments === 1 ? 'A line of comment is' : `${loras.comments} lines of comment are`} not in the new list, as Krita would leave them out too; the copy of the old one holds them.`,
  ];
}
