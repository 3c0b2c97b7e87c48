import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { startStandin } from '../../../standin/start.ts';
import type { Standin } from '../../../standin/start.ts';
import { makeHome } from '../../cli.ts';
import type { CliOptions, CliResult, Home } from '../../cli.ts';
import { treeOf } from '../../tree.ts';
import { writeWorldLibrary } from '../../world-library.ts';
import type { LibraryFile } from '../../world-library.ts';
import { catalogContent } from './catalog-content.ts';
import type { CatalogContent } from './catalog-content.ts';

/** All that a scan leaves behind. Equal ends are equal objects, whatever happened on the way. */
export interface End {
  /** Path below the library to a hash of the bytes, the user's own files included. */
  readonly files: Readonly<Record<string, string>>;
  readonly catalog: CatalogContent;
}

export interface StoryLibraryOptions {
  /** Models of the world in the library; default 25. */
  readonly models?: number;
  /** Where the library lies, absolute; default in the home. Emptied at each `reset`. */
  readonly folder?: string;
}

/** A library that can be put back as it was, so that the same scan can be disturbed again and again at the same paths. */
export interface StoryLibrary {
  readonly home: Home;
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly LibraryFile[];
  /** Arguments of the scan that the stories disturb. */
  readonly scan: readonly string[];
  /** The library as it was at first, and a user who never ran the program. */
  reset(): void;
  run(args?: readonly string[], options?: CliOptions): Promise<CliResult>;
  end(catalog?: string): Promise<End>;
  /** Temp files of ours that lie about, absolute. */
  temps(): string[];
  remove(): void;
}

/** Makes a library of a stand-in's models, with files of the user's own among them. */
export function makeStoryLibrary(standin: Standin, options: StoryLibraryOptions = {}): StoryLibrary {
  const home = makeHome();
  const folder = options.folder ?? join(home.folder, 'models');
  const stock = join(home.folder, 'stock');
  const files = writeWorldLibrary(standin.world, stock, options.models ?? 25);
  addOwnFiles(stock, files);
  const library: StoryLibrary = {
    home,
    folder,
    files,
    scan: ['scan', folder, '--api-url', standin.apiUrl, '--rate', '60000', '--images', '3', '--json'],
    reset() {
      for (const name of ['data', 'state', 'cache'])
        rmSync(join(home.folder, name), { recursive: true, force: true });
      for (const path of filesBelow(folder)) rmSync(path);
      cpSync(stock, folder, { recursive: true, preserveTimestamps: true });
    },
    run: (args = library.scan, given = {}) => home.run(args, { timeoutMs: 60_000, ...given }),
    end: async (catalog = join(home.folder, 'data/civitarium/catalog.db')) => ({
      files: steadyTree(folder),
      catalog: await catalogContent(catalog, SEARCHES),
    }),
    temps: () => filesBelow(folder).filter((path) => path.endsWith('.tmp')),
    remove: () => home.remove(),
  };
  library.reset();
  return library;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

const SEARCHES = ['', 'safetensors', 'lora', 'a', 'style', 'sdxl', 'own'];

/** A site, a library, and how it ends when nothing disturbs its scan: what every disturbed one is measured by. */
export interface Yardstick {
  readonly standin: Standin;
  readonly library: StoryLibrary;
  readonly undisturbed: End;
  /** How long the undisturbed scan took, ms. */
  readonly tookMs: number;
  close(): Promise<void>;
}

/** Scans a library once, undisturbed. The site's clock stands still, so that its counters are the same at every run. */
export async function makeYardstick(options: StoryLibraryOptions = {}): Promise<Yardstick> {
  const standin = await startStandin({ models: 40, seed: 11, speed: 0, images: 100, pictures: 2000 });
  const library = makeStoryLibrary(standin, options);
  const startedAt = performance.now();
  const first = await library.run();
  const tookMs = performance.now() - startedAt;
  if (first.code !== 0) throw new Error(`The undisturbed scan ended with ${first.code}: ${first.stderr}`);
  const close = async (): Promise<void> => {
    await standin.close();
    library.remove();
  };
  return { standin, library, undisturbed: await library.end(), tookMs, close };
}

/** What people have lying about: a model no site knows, a copy, a damaged file, a picture and a note of their own. */
function addOwnFiles(stock: string, files: readonly LibraryFile[]): void {
  const [first, second, third] = files.map((file) => file.path);
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('The library is too small.');
  const own = join(stock, 'own');
  mkdirSync(own);
  writeFileSync(join(own, 'copy.safetensors'), readFileSync(join(stock, first)));
  writeFileSync(join(own, 'mine #1 "?%.safetensors'), 'no model at all');
  writeFileSync(join(stock, second.replace(/\.\w+$/, '.preview.png')), 'a picture of mine');
  writeFileSync(join(stock, third.replace(/\.\w+$/, '.civitai.info')), '{"mine":true}');
  for (const path of Object.keys(treeOf(stock))) utimesSync(join(stock, path), 1_700_000_000, 1_700_000_000);
}

/** The tree of a folder, apart from the times at which these runs saw something: no two runs share those. */
function steadyTree(folder: string): Record<string, string> {
  const tree = treeOf(folder);
  for (const name of Object.keys(tree)) {
    if (!/\.html$|cards\.js$/.test(name)) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    const steady = text
      .replace(/"added":\[[^\]]*\]/, '')
      .replace(/<time datetime="([^"]*)"[^>]*>[^<]*/g, (whole, iso: string) =>
        isOfThisRun(iso) ? '' : whole,
      );
    tree[name] = createHash('sha256').update(steady).digest('hex');
  }
  return tree;
}

/** The world's own times are weeks away. */
function isOfThisRun(iso: string): boolean {
  return Math.abs(Date.now() - Date.parse(iso)) < 3_600_000;
}

/** What differs between two ends, a few lines of it; empty when nothing does. A whole end is too long to read. */
export function differences(is: End, shouldBe: End): string[] {
  const lines: string[] = [];
  const paths = new Set([...Object.keys(is.files), ...Object.keys(shouldBe.files)]);
  for (const path of paths) {
    if (is.files[path] === shouldBe.files[path]) continue;
    lines.push(
      `${path}: ${is.files[path] === undefined ? 'lacks' : shouldBe.files[path] === undefined ? 'too much' : 'other bytes'}`,
    );
  }
  for (const [table, rows] of Object.entries(shouldBe.catalog)) {
    const [have, want] = [new Set(is.catalog[table]), new Set(rows)];
    for (const row of want) if (!have.has(row)) lines.push(`${table} lacks ${row.slice(0, 300)}`);
    for (const row of have) if (!want.has(row)) lines.push(`${table} has too much ${row.slice(0, 300)}`);
    if (lines.length === 0 && is.catalog[table]?.length !== rows.length)
      lines.push(`${table} has a row twice`);
  }
  return lines.slice(0, 20);
}
