import { createHash } from 'node:crypto';
import { readdirSync, statSync, type BigIntStats, type Dirent } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { InterruptedError, isSystemError, LibraryError, messageOf } from '../base/errors.ts';
import { anyOf, type PathTest } from './glob.ts';
import { rootError } from './root.ts';
import type { Walk, WalkedFile, WalkProblem } from './walked.ts';

export interface WalkOptions {
  /** Extensions of model files in lower case with their dot. */
  readonly extensions: readonly string[];
  /** Globs of which a model file must match one; none given means all. See glob.ts. */
  readonly patterns?: readonly string[];
  /** False reads the root folder alone. Default true. */
  readonly recursive?: boolean;
  /** True for a folder (relative, forward slashes) that must not be entered. */
  readonly ignore?: (relativeFolder: string) => boolean;
  readonly signal?: AbortSignal;
}

/** Never longer than this without letting timers and signals through. */
const BREATH_MS = 40;

/**
 * Walks a root folder. Links are followed; a folder behind a link is entered after all real ones and only if it was
 * not entered already, so that a file keeps its real path where it has one in the root, and loops end. Hidden folders
 * and our own are left out; what is no model file is listed, never touched. The calls are synchronous, several times
 * faster than the thread pool on a cached tree, with a pause for the event loop now and then. Throws UserError when the
 * root can't be listed, LibraryError `root-vanished` when it went away meanwhile, InterruptedError.
 */
export async function walk(root: string, options: WalkOptions): Promise<Walk> {
  const { patterns } = options;
  const wanted = patterns === undefined || patterns.length === 0 ? undefined : anyOf(patterns);
  return walkTree(resolve(root), options, wanted);
}

/** The walk of one model file: its folder is listed for the names beside it, nothing else is looked at. */
export async function walkFile(path: string, options: WalkOptions): Promise<Walk> {
  const absolute = resolve(path);
  const own = basename(absolute);
  return walkTree(dirname(absolute), { ...options, recursive: false }, (relative) => relative === own);
}

async function walkTree(root: string, options: WalkOptions, wanted: PathTest | undefined): Promise<Walk> {
  const tree = new TreeWalk(root, options, wanted);
  let breath = performance.now();
  stopIfAborted(options.signal);
  while (tree.step()) {
    if (performance.now() - breath < BREATH_MS) continue;
    await breathe();
    stopIfAborted(options.signal);
    breath = performance.now();
  }
  return tree.finish();
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new InterruptedError();
}

/** A folder to read: `path` for the eye, `raw` for the disk where the two differ. Both relative, empty for the root. */
interface Folder {
  readonly path: string;
  readonly raw: Buffer | undefined;
}

const NOTHING: Folder = { path: '', raw: undefined };

class TreeWalk {
  readonly #root: string;
  readonly #rootStats: BigIntStats;
  readonly #extensions: ReadonlySet<string>;
  readonly #wanted: PathTest | undefined;
  readonly #recursive: boolean;
  readonly #ignore: (relativeFolder: string) => boolean;

  readonly #queue: Folder[] = [NOTHING];
  #read = 0;
  /** Folders behind links: read when the queue of real ones has run dry. */
  readonly #linked: Folder[] = [];
  readonly #links: string[] = [];
  readonly #entered = new Set<string>();
  readonly #devices = new Set<string>();
  readonly #listed: { folder: string; names: string[] }[] = [];
  readonly #files: WalkedFile[] = [];
  readonly #problems: WalkProblem[] = [];
  readonly #digest = createHash('sha256');
  /** What the digest has yet to swallow: one call a folder, not one a file. */
  #said = '';

  constructor(root: string, options: WalkOptions, wanted: PathTest | undefined) {
    this.#root = root;
    this.#extensions = new Set(options.extensions);
    this.#wanted = wanted;
    this.#recursive = options.recursive ?? true;
    this.#ignore = options.ignore ?? (() => false);
    try {
      this.#rootStats = statSync(root, { bigint: true });
    } catch (cause) {
      throw rootError(root, cause);
    }
  }

  /** Reads one more folder; false when none is left. */
  step(): boolean {
    const folder = this.#queue[this.#read];
    if (folder !== undefined) {
      this.#read += 1;
      this.#enter(folder, false);
      return true;
    }
    const linked = this.#linked.shift();
    if (linked === undefined) return false;
    this.#enter(linked, true);
    return true;
  }

  finish(): Walk {
    this.#assertRootStays();
    const listed = this.#listed;
    let names: Map<string, Set<string>> | undefined;
    return {
      files: this.#files,
      get names() {
        names ??= new Map(listed.map(({ folder, names: own }) => [folder, new Set(own)]));
        return names;
      },
      digest: this.#digest.update(this.#said).digest('hex'),
      problems: this.#problems,
      links: this.#links,
      device: this.#rootStats.dev.toString(),
      devices: this.#devices,
    };
  }

  /** A drive pulled out halfway must not look like files deleted. */
  #assertRootStays(): void {
    const now = statSync(this.#root, { bigint: true, throwIfNoEntry: false });
    if (now?.dev === this.#rootStats.dev && now.ino === this.#rootStats.ino) return;
    throw new LibraryError(`${this.#root} went away while it was read.`, {
      code: 'root-vanished',
      next: 'Check the drive it lies on, then run the same command again.',
    });
  }

  #enter(folder: Folder, linked: boolean): void {
    try {
      const stats = folder === NOTHING ? this.#rootStats : statSync(this.#onDisk(folder), { bigint: true });
      const identity = `${stats.dev}:${stats.ino}`;
      if (linked) {
        if (this.#entered.has(identity)) return;
        this.#links.push(folder.path);
      }
      this.#entered.add(identity);
      this.#devices.add(stats.dev.toString());
      this.#readFolder(folder);
      this.#digest.update(this.#said);
      this.#said = '';
    } catch (cause) {
      if (folder === NOTHING) throw rootError(this.#root, cause);
      this.#problem(folder.path, cause);
    }
  }

  #readFolder(folder: Folder): void {
    const entries = readdirSync(this.#onDisk(folder), { withFileTypes: true });
    const names = entries.map((entry) => entry.name);
    this.#listed.push({ folder: folder.path, names });
    // U+FFFD shows where a name was not UTF-8: only its bytes lead to the file.
    if (folder.raw !== undefined || names.some((name) => name.includes('\uFFFD'))) {
      this.#readAsBytes(folder);
      return;
    }
    this.#said += `\0/${folder.path}\0${names.join('\0')}\0\0`;
    const prefix = folder.path === '' ? '' : `${folder.path}/`;
    for (const entry of entries) this.#entry(folder, prefix, entry.name, undefined, entry);
  }

  #readAsBytes(folder: Folder): void {
    const entries = readdirSync(this.#onDisk(folder), { withFileTypes: true, encoding: 'buffer' });
    const before = folder.raw ?? Buffer.from(folder.path);
    this.#said += `\0/${before.toString('hex')}\0`;
    const prefix = folder.path === '' ? '' : `${folder.path}/`;
    for (const entry of entries) {
      const bytes = entry.name;
      this.#said += `${bytes.toString('hex')}\0`;
      const raw = before.length === 0 ? bytes : Buffer.concat([before, Buffer.from('/'), bytes]);
      const text = raw.toString();
      const faithful = Buffer.from(text).equals(raw);
      this.#entry(folder, prefix, bytes.toString(), faithful ? undefined : raw, entry);
    }
  }

  #entry(
    folder: Folder,
    prefix: string,
    name: string,
    raw: Buffer | undefined,
    entry: Dirent | Dirent<Buffer>,
  ) {
    if (entry.isDirectory()) {
      this.#subfolder({ path: prefix + name, raw }, name, this.#queue);
      return;
    }
    const ext = extensionOf(name);
    const isModel = this.#extensions.has(ext) && !name.startsWith('._');
    if (entry.isFile()) {
      if (isModel) this.#modelFile(folder, { path: prefix + name, raw }, name, ext, false);
    } else if (entry.isSymbolicLink()) {
      this.#link(folder, { path: prefix + name, raw }, name, isModel ? ext : undefined);
    }
    // Pipes, sockets and devices are named, never opened.
  }

  #subfolder(folder: Folder, name: string, queue: Folder[]): void {
    if (!this.#recursive || name.startsWith('.') || name === 'gallery.files') return;
    if (this.#ignore(folder.path)) return;
    queue.push(folder);
  }

  #link(folder: Folder, target: Folder, name: string, ext: string | undefined): void {
    try {
      const stats = statSync(this.#onDisk(target), { bigint: true });
      if (stats.isDirectory()) this.#subfolder(target, name, this.#linked);
      else if (ext !== undefined && stats.isFile()) this.#modelFile(folder, target, name, ext, stats);
    } catch (cause) {
      this.#problem(target.path, cause, 'link-broken');
    }
  }

  #modelFile(folder: Folder, file: Folder, name: string, ext: string, known: BigIntStats | false): void {
    if (this.#wanted !== undefined && !this.#wanted(file.path)) return;
    let stats: BigIntStats;
    try {
      stats = known === false ? statSync(this.#onDisk(file), { bigint: true }) : known;
    } catch (cause) {
      this.#problem(file.path, cause);
      return;
    }
    const walked: WalkedFile = {
      path: file.path,
      ...(file.raw === undefined ? {} : { rawPath: file.raw }),
      folder: folder.path,
      name,
      stem: name.slice(0, name.length - ext.length),
      ext,
      size: Number(stats.size),
      mtimeNs: stats.mtimeNs.toString(),
      ctimeNs: stats.ctimeNs.toString(),
      device: stats.dev.toString(),
      inode: stats.ino.toString(),
    };
    this.#devices.add(walked.device);
    this.#said += tupleOf(walked);
    this.#files.push(walked);
  }

  #problem(path: string, cause: unknown, lost?: string): void {
    const code = isSystemError(cause) ? String(cause.code) : 'unknown';
    const broken = lost !== undefined && ['ENOENT', 'ELOOP', 'ENOTDIR'].includes(code);
    this.#problems.push({
      path,
      code: broken ? lost : code,
      why: broken ? 'The link leads nowhere.' : sentenceOf(code, cause),
    });
    this.#said += `!${path}\0${code}\0`;
  }

  #onDisk(folder: Folder): string | Buffer {
    if (folder.raw !== undefined) return Buffer.concat([Buffer.from(`${this.#root}/`), folder.raw]);
    return folder.path === '' ? this.#root : `${this.#root}/${folder.path}`;
  }
}

function tupleOf(file: WalkedFile): string {
  return `${file.size} ${file.mtimeNs} ${file.ctimeNs} ${file.inode} ${file.device}\0`;
}

/** The part from the last dot in lower case; empty for a name that only begins with its dot. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot).toLowerCase();
}

function sentenceOf(code: string, cause: unknown): string {
  if (code === 'EACCES' || code === 'EPERM') return 'Permission denied.';
  if (code === 'ENOENT') return 'It vanished while its folder was read.';
  if (code === 'ELOOP') return 'Its links go round in a circle.';
  return messageOf(cause);
}
