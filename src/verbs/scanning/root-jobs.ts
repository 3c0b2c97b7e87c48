import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { sql } from 'kysely';
import { heldStems } from '../../archive/held-stems.ts';
import type { Stock, StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import { filesNoted } from '../../catalog/noted-hash.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsOf } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { configuredNamings } from './configured-naming.ts';
import type { LibraryJob, RootJob } from './library-job.ts';
import type { Naming } from './naming.ts';
import { namingsOf } from './naming.ts';
import { filesWithNotes, originalsOfCopies } from './organised-copies.ts';

/** What the stages of writing need to know of each root. Reads the catalog only. */
export async function rootJobs(
  catalog: Catalog,
  job: Pick<LibraryJob, 'roots' | 'stocks' | 'request'>,
  cwd: string,
): Promise<RootJob[]> {
  const outputs = new Map<WalkedRoot, readonly OutputRow[]>();
  for (const walked of job.roots)
    outputs.set(walked, await outputsOf(catalog.db, { rootId: walked.root.id }));
  const stockOf = (walked: WalkedRoot): Pick<Stock, 'files' | 'others' | 'described'> =>
    job.stocks.get(walked) ?? NO_STOCK;
  const filesOf = (walked: WalkedRoot): StockFile[] => {
    const { files, others, described } = stockOf(walked);
    return [...files, ...others, ...described];
  };
  const namings = await namingsFor(catalog, job, cwd, filesOf, outputs);
  const originals = job.request.configured === undefined ? NONE : await originalsOfCopies(catalog);
  return job.roots.flatMap((walked) => {
    const naming = namings.get(walked);
    if (naming === undefined) return [];
    const rows = outputs.get(walked) ?? [];
    const noted = originals.size === 0 ? NONE : filesWithNotes(rows);
    const isApart = (file: StockFile): boolean => originals.has(file.fileId) && !noted.has(file.fileId);
    const files = filesOf(walked).filter((file) => !isApart(file));
    const { files: own, described } = stockOf(walked);
    const meant = [...own, ...described].filter((file) => !isApart(file));
    return [rootJob(walked, { files, meant, naming, outputs: rows })];
  });
}

const NO_STOCK = { files: [], others: [], described: [] };
const NONE: ReadonlySet<number> = new Set();

async function namingsFor(
  catalog: Catalog,
  { roots, request }: Pick<LibraryJob, 'roots' | 'request'>,
  cwd: string,
  filesOf: (walked: WalkedRoot) => StockFile[],
  outputs: ReadonlyMap<WalkedRoot, readonly OutputRow[]>,
): Promise<Map<WalkedRoot, Naming>> {
  const { configured } = request;
  if (configured === undefined) {
    const held =
      request.profile === 'collected'
        ? await heldBases(catalog, request, cwd)
        : new Map(roots.flatMap((root) => stemsBeside(root, filesOf(root), outputs.get(root) ?? [])));
    return namingsOf(roots, filesOf, request, cwd, held);
  }
  return configuredNamings(roots, filesOf, configured, await heldPaths(catalog));
}

/** The bare stems that files have beside them already, by file id: a file that comes later does not take one away. */
function stemsBeside(
  { target }: WalkedRoot,
  files: readonly StockFile[],
  outputs: readonly OutputRow[],
): [number, string][] {
  const byId = new Map(files.map((file) => [Number(file.fileId), file.walked]));
  return [...heldStems(target.root, byId, outputs)].map((id) => [id, byId.get(id)?.stem ?? '']);
}

/** The folder names that files of any root were given in the output folder before, by file id: they stay. */
async function heldBases(
  catalog: Catalog,
  request: LibraryJob['request'],
  cwd: string,
): Promise<Map<number, string>> {
  const bases = new Map<number, string>();
  if (request.profile !== 'collected' || request.output === undefined) return bases;
  const folder = resolve(cwd, request.output);
  const start = `${folder}/`;
  const rows = await catalog.db
    .selectFrom('output')
    .select(['file_id', 'path'])
    .where('kind', '=', 'page')
    .where('file_id', 'is not', null)
    .where(sql<boolean>`substr(path, 1, ${[...start].length}) = ${start}`)
    .execute();
  for (const { file_id: fileId, path } of rows) {
    const own = dirname(path);
    if (fileId !== null && dirname(own) === folder) bases.set(fileId, basename(own));
  }
  // A folder that another program made for the same file is taken, whatever it would be called here.
  const made = new Set(bases.values());
  for (const { fileId, record } of await filesNoted(catalog.db)) {
    const own = dirname(record);
    const base = basename(own);
    const isWhole = dirname(own) === folder && basename(record) === `${base}_hash.json`;
    if (!isWhole || bases.has(fileId) || made.has(base)) continue;
    bases.set(fileId, base);
    made.add(base);
  }
  return bases;
}

/** The model file (absolute path) of each note and page that was ever written: a shared folder may hold those of any root. */
async function heldPaths(catalog: Catalog): Promise<Map<string, string>> {
  const rows = await catalog.db
    .selectFrom('output')
    .innerJoin('file', 'file.id', 'output.file_id')
    .innerJoin('root', 'root.id', 'file.root_id')
    .select(['output.path', 'root.path as root', 'file.path as inner'])
    .where('output.kind', 'in', ['info', 'page'])
    .execute();
  return new Map(rows.map((row) => [row.path, resolve(row.root, row.inner)]));
}

function rootJob(
  walked: WalkedRoot,
  parts: Pick<RootJob, 'files' | 'meant' | 'naming' | 'outputs'>,
): RootJob {
  const { root } = walked.target;
  return {
    walked,
    ...parts,
    bounds: parts.naming.bounds,
    exists(path) {
      if (!path.startsWith(`${root}/`)) return existsSync(path);
      const inner = path.slice(root.length + 1);
      const cut = inner.lastIndexOf('/');
      const names = walked.walk.names.get(cut === -1 ? '' : inner.slice(0, cut));
      // A folder that the walk leaves out (the output folder inside the root) is looked up on disk.
      return names === undefined ? existsSync(path) : names.has(inner.slice(cut + 1));
    },
  };
}
