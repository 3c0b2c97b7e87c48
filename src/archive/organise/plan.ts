import { pathIn } from '../../library/disk-path.ts';
import type { PathText } from '../../library/disk-path.ts';
import { bareNames, besideStems } from '../../profiles/beside.ts';
import { byteLength, foldName, MAX_NAME_BYTES, shortened } from '../../profiles/file-name.ts';
import { stemOf } from '../../profiles/profile.ts';
import type { PathTemplate } from '../../profiles/template.ts';
import { renamed } from './companions.ts';
import type { Companion } from './companions.ts';
import { folderFor } from './templates.ts';
import type { TemplateValues } from './templates.ts';

export type OrganiseMode = 'move' | 'copy' | 'symlink' | 'hardlink' | 'reflink';
export type OnCollision = 'skip' | 'rename' | 'fail';

/** A model file that may be organised. */
export interface PlanFile {
  readonly fileId: number;
  readonly rootId: number;
  readonly path: PathText;
  /** Absolute folder, as text. */
  readonly folder: string;
  readonly name: string;
  /** The bytes of the name when they are not UTF-8. */
  readonly rawName: Buffer | undefined;
  readonly size: number;
  readonly mtimeNs: string;
  readonly inode: string;
  readonly sha256: string | undefined;
  /** The folder under which it is to lie, absolute. */
  readonly output: string;
  /** The file lies in an output folder of its own, so that it is a result and no source. */
  readonly isResult: boolean;
  /** Undefined when nothing is known of it: it stays. */
  readonly values: TemplateValues | undefined;
  /** Why it stays whatever is known, a sentence. */
  readonly stays: string | undefined;
  readonly companions: readonly Companion[];
}

/** What the planner asks of the disk; it changes nothing. */
export interface PlanDisk {
  /** The names in a folder (absolute); none when it is not there. */
  names(folder: string): Iterable<string>;
  /** Whether a path holds the same bytes as a file, or is the very same file. */
  holds(
    path: string,
    file: { readonly path: PathText; readonly size: number; readonly sha256: string | undefined },
  ): Promise<boolean>;
  isModel(name: string): boolean;
}

/** A model file and what travels with it, on their way to a folder. */
export interface PlannedGroup {
  readonly file: PlanFile;
  readonly target: PathText;
  readonly companions: readonly { readonly from: PathText; readonly to: PathText }[];
}

/** A file that is not moved. */
export interface Staying {
  readonly file: PlanFile;
  readonly status: 'identical' | 'skipped' | 'failed';
  readonly why: string;
}

export interface OrganisePlan {
  readonly groups: readonly PlannedGroup[];
  readonly staying: readonly Staying[];
}

export interface PlanOptions {
  readonly template: PathTemplate;
  readonly mode: OrganiseMode;
  readonly onCollision: OnCollision;
}

/** More files of one name than this in one folder are no accident. */
const MOST_RENAMED = 10_000;

/**
 * Decides where each file goes. Nothing that is there already, or that another file of the plan takes, is ever a target;
 * names that differ only in letter case are one name. Files are looked at in the order of their paths, so that the same
 * library gives the same plan.
 */
export async function planOrganise(
  files: readonly PlanFile[],
  options: PlanOptions,
  disk: PlanDisk,
): Promise<OrganisePlan> {
  const folders = new Folders(disk);
  const going: Going[] = [];
  const staying: Staying[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const decided = await decide(file, options, folders);
    if ('status' in decided) staying.push({ file, ...decided });
    else going.push(decided);
  }
  return { groups: withOwnNotes(going, options, folders), staying };
}

/** A file with its new name; its own notes are named when all files are known. */
interface Going {
  readonly file: PlanFile;
  readonly folder: string;
  readonly name: string;
  readonly target: PathText;
  readonly companions: { readonly from: PathText; readonly to: PathText }[];
}

async function decide(
  file: PlanFile,
  options: PlanOptions,
  folders: Folders,
): Promise<Going | Omit<Staying, 'file'>> {
  if (file.values === undefined) return { status: 'skipped', why: file.stays ?? 'Nothing is known of them.' };
  const folder = `${file.output}/${folderFor(options.template, file.values)}`;
  if (file.folder === folder) return { status: 'identical', why: 'It is in its place.' };
  if (file.stays !== undefined) return { status: 'skipped', why: file.stays };
  if (options.mode !== 'move' && file.isResult)
    return { status: 'skipped', why: 'In the output folder already.' };
  for (let number = 1; number <= MOST_RENAMED; number += 1) {
    const name = numbered(file.name, number);
    const found = await look(file, folder, name, folders);
    if (found === 'same')
      return { status: 'identical', why: `The same bytes are there already: ${folder}/${name}` };
    if (found === 'free') return take(file, folder, name, folders);
    if (options.onCollision !== 'rename' || file.rawName !== undefined) {
      return {
        status: options.onCollision === 'fail' ? 'failed' : 'skipped',
        why: `Something else stands there: ${folder}/${found.taken}`,
      };
    }
  }
  return { status: 'failed', why: `No name is free in ${folder}.` };
}

type Found = 'free' | 'same' | { readonly taken: string };

/** Looks at a name for a file, and at the names that its companions would get. */
async function look(file: PlanFile, folder: string, name: string, folders: Folders): Promise<Found> {
  const at = await folders.holder(folder, name, file);
  if (at !== 'free') return at === 'same' ? 'same' : { taken: name };
  for (const companion of file.companions) {
    if (companion.ours) continue;
    const to = renamed(companion, baseOf(companion, name));
    const source = { path: `${file.folder}/${companion.name}`, size: -1, sha256: undefined };
    if ((await folders.holder(folder, to, source)) === 'other') return { taken: to };
  }
  return 'free';
}

function take(file: PlanFile, folder: string, name: string, folders: Folders): Going {
  folders.claim(folder, name, file.sha256);
  const companions: Going['companions'] = [];
  for (const companion of file.companions) {
    const to = renamed(companion, baseOf(companion, name));
    // One that is there already with the same bytes stays behind.
    if (companion.ours || !folders.isFree(folder, to)) continue;
    folders.claim(folder, to, undefined);
    companions.push({ from: `${file.folder}/${companion.name}`, to: `${folder}/${to}` });
  }
  return { file, folder, name, target: pathIn(folder, file.rawName ?? name), companions };
}

/**
 * Adds what we wrote beside each file, under the name it will have there: of two files with one stem only one has notes
 * under the bare stem. What does not fit stays behind; notes are written anew anyway.
 */
function withOwnNotes(going: readonly Going[], { mode }: PlanOptions, folders: Folders): PlannedGroup[] {
  const leaving = new Set(mode === 'move' ? going.map((one) => one.file.path) : []);
  const arriving = new Map<string, Arriving[]>();
  for (const { file, folder, name } of going) {
    const here = arriving.get(folder) ?? [];
    arriving.set(folder, here);
    here.push({
      name,
      holdsStem: file.companions.some((one) => one.ours && one.prefix === stemOf(file.name)),
    });
  }
  const stems = new Map(
    [...arriving].map(([folder, names]) => [folder, folders.stemsAfter(folder, names, leaving)]),
  );
  return going.map(({ file, folder, name, target, companions }) => {
    const stem = stems.get(folder)?.get(name);
    for (const companion of file.companions) {
      if (!companion.ours || stem === undefined || (mode !== 'move' && companion.remade)) continue;
      const to = renamed(companion, stem);
      if (!folders.isFree(folder, to)) continue;
      folders.claim(folder, to, undefined);
      companions.push({ from: `${file.folder}/${companion.name}`, to: `${folder}/${to}` });
    }
    return { file, target, companions };
  });
}

function baseOf(companion: Companion, name: string): string {
  return companion.whole ? name : stemOf(name);
}

/** `name`, then `stem (2).ext` and so on, cut where it would be too long. */
function numbered(name: string, number: number): string {
  if (number === 1) return name;
  const stem = stemOf(name);
  const tail = ` (${number})${name.slice(stem.length)}`;
  return shortened(stem, MAX_NAME_BYTES - byteLength(tail)) + tail;
}

/** The target folders: what stands there, and what the plan has given away. */
class Folders {
  readonly #disk: PlanDisk;
  readonly #standing = new Map<string, ReadonlyMap<string, string>>();
  readonly #claimed = new Map<string, string | undefined>();

  constructor(disk: PlanDisk) {
    this.#disk = disk;
  }

  isFree(folder: string, name: string): boolean {
    return !this.#names(folder).has(foldName(name)) && !this.#claimed.has(keyOf(folder, name));
  }

  claim(folder: string, name: string, sha256: string | undefined): void {
    this.#claimed.set(keyOf(folder, name), sha256);
  }

  /** Who has a name: nobody, the same bytes, or something else. */
  async holder(
    folder: string,
    name: string,
    file: Parameters<PlanDisk['holds']>[1],
  ): Promise<'free' | 'same' | 'other'> {
    const key = keyOf(folder, name);
    if (this.#claimed.has(key))
      return file.sha256 !== undefined && this.#claimed.get(key) === file.sha256 ? 'same' : 'other';
    const standing = this.#names(folder).get(foldName(name));
    if (standing === undefined) return 'free';
    return (await this.#disk.holds(`${folder}/${standing}`, file)) ? 'same' : 'other';
  }

  /** The stem of the notes of each model file that will lie in a folder, by its name. */
  stemsAfter(
    folder: string,
    arriving: readonly Arriving[],
    leaving: ReadonlySet<PathText>,
  ): Map<string, string> {
    const there = new Set(this.#names(folder).values());
    const staying = [...there].filter(
      (name) => this.#disk.isModel(name) && !leaving.has(`${folder}/${name}`),
    );
    const stands = (stem: string): boolean => bareNames(stem).some((name) => there.has(name));
    const holders = staying.filter((name) => stands(stemOf(name)) && !stands(name));
    // Who stays keeps its stem before who comes with one.
    const kept = new Set(holders.map(stemOf));
    const coming = arriving.filter(({ name, holdsStem }) => holdsStem && !kept.has(stemOf(name)));
    const names = new Set([...arriving.map(({ name }) => name), ...staying]);
    return besideStems(
      [...names].map((name) => ({ folder: '', name, stem: stemOf(name) })),
      new Set([...holders, ...coming.map(({ name }) => name)]),
    );
  }

  #names(folder: string): ReadonlyMap<string, string> {
    const known = this.#standing.get(folder);
    if (known !== undefined) return known;
    const names = new Map([...this.#disk.names(folder)].map((name) => [foldName(name), name]));
    this.#standing.set(folder, names);
    return names;
  }
}

/** A model file on its way to a folder. */
interface Arriving {
  readonly name: string;
  /** Its notes have the bare stem. */
  readonly holdsStem: boolean;
}

function keyOf(folder: string, name: string): string {
  return `${foldName(folder)}/${foldName(name)}`;
}
