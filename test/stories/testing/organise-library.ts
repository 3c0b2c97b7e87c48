import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Standin } from '../../../standin/start.ts';
import { makeHome } from '../../cli.ts';
import type { CliResult, Home } from '../../cli.ts';
import { treeOf } from '../../tree.ts';
import { writeWorldLibrary } from '../../world-library.ts';
import type { LibraryFile } from '../../world-library.ts';

/** A scanned library that can be put back as the scan left it, so that it can be organised again and again. */
export interface OrganiseLibrary {
  readonly home: Home;
  /** Absolute. */
  readonly folder: string;
  /** Files the site knows; one more, `own/mine.safetensors`, it does not. */
  readonly known: readonly LibraryFile[];
  reset(): void;
  /** Runs `civitarium ARGS --json`. */
  run(...args: readonly string[]): Promise<CliResult>;
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult>;
  tree(): Record<string, string>;
  /** The hashes of all model files of a tree, sorted: none may be lost. */
  modelHashes(tree: Readonly<Record<string, string>>): string[];
  isModel(path: string): boolean;
  hashOf(bytes: Buffer): string;
  remove(): void;
}

const MODEL = /\.(?:safetensors|ckpt|pt|bin|pth|gguf|sft)$/;

/** Makes the library, scans it (with `flags`), and remembers how it was then. `add` puts more into it before the scan. */
export async function makeOrganiseLibrary(
  standin: Standin,
  models = 12,
  add: (folder: string, known: readonly LibraryFile[]) => void = () => undefined,
  flags: readonly string[] = [],
): Promise<OrganiseLibrary> {
  const home = makeHome();
  const folder = join(home.folder, 'models');
  const kept = join(home.folder, 'kept');
  const known = writeWorldLibrary(standin.world, folder, models);
  mkdirSync(join(folder, 'own'));
  writeFileSync(join(folder, 'own', 'mine.safetensors'), 'no model at all');
  add(folder, known);
  const run = (env: Readonly<Record<string, string>>, args: readonly string[]): Promise<CliResult> =>
    home.run([...args, '--api-url', standin.apiUrl, '--rate', '60000', '--json'], { env, timeoutMs: 60_000 });
  const scan = await run({}, ['scan', folder, '--images', '2', ...flags]);
  if (scan.code !== 0) throw new Error(`The scan ended with ${String(scan.code)}: ${scan.stderr}`);
  const copyTree = (from: string, to: string): void =>
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
  for (const name of ['models', 'data', 'state']) copyTree(join(home.folder, name), join(kept, name));
  return {
    home,
    folder,
    known,
    reset() {
      for (const name of ['models', 'data', 'state', 'cache', 'elsewhere', 'other'])
        rmSync(join(home.folder, name), { recursive: true, force: true });
      for (const name of ['models', 'data', 'state'])
        if (existsSync(join(kept, name))) copyTree(join(kept, name), join(home.folder, name));
      tellInodes(join(home.folder, 'data/civitarium/catalog.db'), folder);
    },
    run: (...args) => run({}, args),
    runWith: (env, ...args) => run(env, args),
    tree: () => treeOf(folder),
    modelHashes: (tree) =>
      Object.entries(tree)
        .flatMap(([path, hash]) => (MODEL.test(path) ? [hash] : []))
        .sort(),
    isModel: (path) => MODEL.test(path),
    hashOf: (bytes) => createHash('sha256').update(bytes).digest('hex'),
    remove: () => home.remove(),
  };
}

/** A copied tree has other inodes and times: the catalog is told, as if the scan had seen these. */
function tellInodes(catalog: string, folder: string): void {
  const database = new DatabaseSync(catalog);
  try {
    const setFile = database.prepare(
      'update file set inode = ?, device = ?, mtime_ns = ?, ctime_ns = ? where path = ?',
    );
    const setOutput = database.prepare('update output set mtime_ns = ? where path = ?');
    for (const path of Object.keys(treeOf(folder))) {
      const { ino, dev, mtimeNs, ctimeNs } = statSync(join(folder, path), { bigint: true });
      setFile.run(String(ino), String(dev), String(mtimeNs), String(ctimeNs), path);
      setOutput.run(String(mtimeNs), join(folder, path));
    }
  } finally {
    database.close();
  }
}
