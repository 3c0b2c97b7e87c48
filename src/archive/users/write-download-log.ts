import { readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { isSystemError, LibraryError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/open.ts';
import { outputsNamed } from '../../catalog/meta-outputs.ts';
import { transfersOf } from '../../catalog/transfer.ts';
import type { Transfer, TransferEnd } from '../../catalog/transfer.ts';
import { boundsOf } from '../../library/inside.ts';
import { setAside } from '../../library/set-aside.ts';
import { creatorFolder, downloadLogNames } from '../../profiles/users.ts';
import type { Unwanted } from '../download/want.ts';
import { isForeignAt } from '../foreign-file.ts';
import { comparableName } from '../posts/coverage.ts';
import { writeOutputs } from '../write-outputs.ts';
import { downloadLogOf, downloadLogText, withoutFiles, withoutFilesIn } from './download-log.ts';
import type { LoggedFailure, LoggedSuccess } from './download-log.ts';

export interface LogOptions {
  readonly catalog: Catalog;
  readonly hostId: string;
  readonly clock: Clock;
  /** Where the logs lie, absolute. */
  readonly output: string;
  /** Everything that is brought lies in one of these, absolute. */
  readonly outputs: readonly string[];
  /** Those whose logs are kept, as the site spells them. */
  readonly creators: readonly string[];
  /** What can't be fetched at all. */
  readonly unwanted: readonly Unwanted[];
}

/** What is to be told of the writing. */
export interface LogsTold {
  readonly warnings: readonly string[];
  readonly failures: readonly LibraryError[];
}

/** The logs of some creators, written again while files come. */
export interface DownloadLogs {
  /** Notes how a transfer ended; writes when the last writing is some time ago. */
  ended(row: Transfer, end: TransferEnd): void;
  /** Writes all as it is now. */
  finish(): Promise<LogsTold>;
}

/** A log is written again after so long, and after so many times as long as writing took. */
const PAUSE_MS = 1000;
const PAUSE_FACTOR = 20;

/** Opens them: what the catalog knows is written at once. A log of another program that lies there is set aside. */
export async function openDownloadLogs(options: LogOptions): Promise<DownloadLogs> {
  const { clock } = options;
  const rows = await rowsOfCreators(options);
  const told = { warnings: [] as string[], failures: [] as LibraryError[] };
  await freePlaces(options, told);
  let metas = await metasIn(options);
  const bare = new Map(options.creators.map((creator) => [creator, bareOf(creator, options)]));
  const write = async (creators: Iterable<string>): Promise<void> => {
    for (const creator of creators) {
      const own = rows.get(comparableName(creator)) ?? new Map<number, Transfer>();
      told.failures.push(
        ...(await writeLog(creator, [...own.values()], { metas, bare: bare.get(creator) ?? [] }, options)),
      );
    }
  };
  await write(options.creators);
  const changed = new Set<string>();
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let nextAt = clock.now() + PAUSE_MS;
  return {
    ended(row, end) {
      const key = comparableName(row.creator ?? '');
      const creator = options.creators.find((name) => comparableName(name) === key);
      if (creator === undefined) return;
      rows.get(key)?.set(row.id, after(row, end));
      changed.add(creator);
      const begunAt = clock.now();
      if (isWriting || begunAt < nextAt) return;
      isWriting = true;
      const some = [...changed];
      changed.clear();
      // What goes wrong now goes wrong at the end too, and is told then.
      writing = write(some)
        .catch(() => undefined)
        .finally(() => {
          isWriting = false;
          nextAt = clock.now() + Math.max(PAUSE_MS, PAUSE_FACTOR * (clock.now() - begunAt));
        });
    },
    async finish() {
      await writing;
      told.failures.length = 0;
      metas = await metasIn(options);
      await write(options.creators);
      return told;
    },
  };
}

async function rowsOfCreators(options: LogOptions): Promise<Map<string, Map<number, Transfer>>> {
  const { catalog, hostId, outputs, creators } = options;
  const byCreator = new Map(creators.map((name) => [comparableName(name), new Map<number, Transfer>()]));
  for (const output of outputs) {
    for (const row of await transfersOf(catalog.db, hostId, { output }))
      if (row.creator !== null) byCreator.get(comparableName(row.creator))?.set(row.id, row);
  }
  return byCreator;
}

/** Versions without files: those told of now, and those that were told of before. */
function bareOf(creator: string, { unwanted, output }: LogOptions): LoggedFailure[] {
  const own = unwanted.filter(
    ({ version }) =>
      version?.creator !== undefined && comparableName(version.creator) === comparableName(creator),
  );
  return [...withoutFilesIn(readLog(pathsOf(creator, output).json)), ...own.flatMap(withoutFiles)];
}

function readLog(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (isSystemError(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The row as the catalog has it once the end is recorded. */
function after(row: Transfer, end: TransferEnd): Transfer {
  if (end.state !== 'done')
    return { ...row, state: end.state, reason: end.reason, why: end.why, next: end.next ?? null };
  return { ...row, state: 'done', path: end.path, placed_size: end.size };
}

function pathsOf(creator: string, output: string): { readonly json: string; readonly text: string } {
  const { json, text } = downloadLogNames(creatorFolder(creator));
  return { json: join(output, ...json.split('/')), text: join(output, ...text.split('/')) };
}

async function freePlaces(
  { catalog, output, creators }: LogOptions,
  told: { readonly warnings: string[]; readonly failures: LibraryError[] },
): Promise<void> {
  for (const path of creators.flatMap((creator) => Object.values(pathsOf(creator, output)))) {
    if (!(await isForeignAt(catalog, path))) continue;
    try {
      const aside = await setAside(path);
      told.warnings.push(
        `${path} was there before and is ${basename(aside)} now; civitarium import takes over what it says.`,
      );
    } catch (error) {
      if (!(error instanceof LibraryError) || error.code === 'disk-full') throw error;
      told.failures.push(error);
    }
  }
}

async function writeLog(
  creator: string,
  rows: readonly Transfer[],
  { metas, bare }: { readonly metas: readonly Meta[]; readonly bare: readonly LoggedFailure[] },
  { catalog, clock, output }: LogOptions,
): Promise<LibraryError[]> {
  const log = downloadLogOf(rows, metasOf(creator, metas), bare);
  const paths = pathsOf(creator, output);
  const file = { kind: 'list', rootId: undefined, fileId: undefined, mends: true } as const;
  const { failures, left } = await writeOutputs(
    catalog,
    [
      { ...file, path: paths.json, bytes: `${JSON.stringify(log, undefined, 2)}\n` },
      { ...file, path: paths.text, bytes: downloadLogText(creator, log) },
    ],
    { now: () => clock.now(), bounds: boundsOf(output) },
  );
  return [...failures.map(({ error }) => error), ...left.map(inTheWay)];
}

function inTheWay(path: string): LibraryError {
  return new LibraryError(`Something else stands there: ${path}`, {
    code: 'in-the-way',
    next: 'Rename what is there, then run the same command again.',
  });
}

const META_NAME = /^model_meta_v(\d{1,12})\.json$/;

/** A file about a version, and its path below the output. */
interface Meta extends LoggedSuccess {
  readonly below: string;
}

/** What is said of versions, in whichever of the two places. */
async function metasIn({ catalog, outputs }: LogOptions): Promise<Meta[]> {
  const found = new Map<string, Meta>();
  for (const output of outputs) {
    for (const { path, size } of await outputsNamed(catalog.db, output, 'model_meta_v')) {
      const id = Number(META_NAME.exec(basename(path))?.[1] ?? Number.NaN);
      const below = path.slice(output.length);
      if (!Number.isNaN(id)) found.set(path, { id, type: 'model_meta', path, size, below });
    }
  }
  return [...found.values()].toSorted((a, b) => a.id - b.id);
}

function metasOf(creator: string, metas: readonly Meta[]): LoggedSuccess[] {
  const inside = `${sep}${creatorFolder(creator)}${sep}`;
  return metas.flatMap(({ below, ...meta }) => (below.includes(inside) ? [meta] : []));
}
