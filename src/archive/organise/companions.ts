import { sidecarNames } from '../../formats/sidecars/read-sidecar.ts';

/** A file that travels with a model file, from the same folder. */
export interface Companion {
  /** Base name. */
  readonly name: string;
  /** What of the name stands for the model file; the rest stays as it is. */
  readonly prefix: string;
  /** The prefix is the whole name of the model file, extension and all: `x.safetensors.sha256`. */
  readonly whole: boolean;
  /** We wrote it, so its name follows our own rules at the new place. */
  readonly ours: boolean;
  /** It is written anew wherever its model file lies, so that a copy needs none. */
  readonly remade: boolean;
}

/** Endings of notes that programs keep beside a model file, longest first: `x.civitai.info` is no `.info` of `x.civitai`. */
const ENDINGS: readonly string[] = [
  ...sidecarNames(''),
  '.civitai.json',
  '.civitarium.html',
  '.html',
  '.txt',
  '.md',
  '.yaml',
  '.yml',
  '.sha256',
].sort((a, b) => b.length - a.length);

const PICTURE = '(?:png|jpe?g|webp|gif|avif|jxl|mp4|webm)';
/** `x.preview.png`, `x.preview2.mp4`, `x_preview_0.jpeg`, `x.preview.2.png` and the notes of such pictures; `x_1.jpg`; `x.thumb.jpg`; `x.png`. */
const PICTURES: readonly RegExp[] = [
  new RegExp(`[._]preview(?:[._]?\\d{1,5})?\\.(?:${PICTURE}|json)$`, 'i'),
  new RegExp(`\\.(?:thumb|swarmpreview|cover)\\.${PICTURE}$`, 'i'),
  new RegExp(`_\\d{1,4}\\.${PICTURE}$`, 'i'),
  new RegExp(`\\.${PICTURE}$`, 'i'),
];

/**
 * The stems that a name may belong to, longest first: what is left of it without an ending that some program writes.
 * None for a name of no such form.
 */
export function stemsOf(name: string): string[] {
  const lower = name.toLowerCase();
  const stems = new Set<string>();
  for (const ending of ENDINGS)
    if (lower.endsWith(ending) && name.length > ending.length) stems.add(name.slice(0, -ending.length));
  for (const form of PICTURES) {
    const at = form.exec(name)?.index ?? 0;
    if (at > 0) stems.add(name.slice(0, at));
  }
  return [...stems].sort((a, b) => b.length - a.length);
}

/**
 * The companions of the model files of one folder, by the base name of the model file. `stems`: which file each stem
 * (or whole name) stands for; of two files with one stem the one that programs take it to mean. A name that fits several stems belongs to
 * the longest. `ours`: names of files we wrote, which are told from elsewhere.
 */
export function companionsIn(
  names: Iterable<string>,
  stems: ReadonlyMap<string, string>,
  ours: ReadonlySet<string>,
  isModel: (name: string) => boolean,
): Map<string, Companion[]> {
  const found = new Map<string, Companion[]>();
  for (const name of names) {
    if (ours.has(name) || isModel(name)) continue;
    const prefix = stemsOf(name).find((stem) => stems.has(stem));
    const owner = prefix === undefined ? undefined : stems.get(prefix);
    if (prefix === undefined || owner === undefined) continue;
    const list = found.get(owner) ?? [];
    list.push({ name, prefix, whole: prefix === owner, ours: false, remade: false });
    found.set(owner, list);
  }
  return found;
}

/** A companion's name where `base` takes the place of its prefix. */
export function renamed(companion: Companion, base: string): string {
  return base + companion.name.slice(companion.prefix.length);
}
