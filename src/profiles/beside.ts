import { foldName, MAX_NAME_BYTES, nameHash, shortened } from './file-name.ts';
import { placeKey } from './profile.ts';
import type { FilePlaces, Profile, ProfileFile } from './profile.ts';

/** Bytes kept free behind a stem: `.preview.12345.jpeg` and a little for temporary names. */
const ENDING_BYTES = 24;
/** Bytes a stem may have so that every name made of it fits. */
export const MAX_STEM_BYTES = MAX_NAME_BYTES - ENDING_BYTES;

/** Notes next to each model file, under the names that most programs look for. */
export const beside: Profile = {
  name: 'beside',
  base: 'root',
  places(files, held) {
    const places = new Map<string, FilePlaces>();
    const stems = besideStems(files, new Set(held?.keys()));
    for (const file of files) {
      const stem = stems.get(placeKey(file));
      if (stem !== undefined) places.set(placeKey(file), placesOf(file.folder, stem));
    }
    return places;
  },
};

/**
 * The stem of every file's notes, by `placeKey`. Of two files with one stem in one folder the one that has it already
 * (its key is in `holders`), else the first (safetensors before others, then by name), uses the stem, the others their
 * whole file name. Stems too long for the names made of them are cut and carry a hash.
 */
export function besideStems(
  files: readonly ProfileFile[],
  holders: ReadonlySet<string> = new Set(),
): Map<string, string> {
  const stems = new Map<string, string>();
  const taken = new Set<string>();
  const later: ProfileFile[] = [];
  const rankOf = (file: ProfileFile): number => (holders.has(placeKey(file)) ? -1 : rank(file));
  const byPreference = (a: ProfileFile, b: ProfileFile): number =>
    rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  for (const file of [...files].sort(byPreference)) {
    const stem = shortened(file.stem, MAX_STEM_BYTES);
    if (take(taken, file.folder, stem)) stems.set(placeKey(file), stem);
    else later.push(file);
  }
  // After all first ones have theirs: `a.ckpt` may be the stem of `a.ckpt.safetensors`.
  for (const file of later) stems.set(placeKey(file), wholeName(file, taken));
  return stems;
}

/** `<stem>.civitai.info` */
export function infoName(stem: string): string {
  return `${stem}.civitai.info`;
}

/** `<stem>.preview.<ext>`, then `<stem>.preview.2.<ext>` …; `position` from 0. */
export function previewName(stem: string, position: number, extension: string): string {
  return position === 0 ? `${stem}.preview.${extension}` : `${stem}.preview.${position + 1}.${extension}`;
}

/** `<stem>.html` */
export function pageName(stem: string): string {
  return `${stem}.html`;
}

/** The names that page and note of a file with this stem have, when the stem is theirs. */
export function bareNames(stem: string): string[] {
  const short = shortened(stem, MAX_STEM_BYTES);
  return ['.html', '.civitarium.html', '.civitai.info', '.civitai.json'].map((ending) => short + ending);
}

function placesOf(folder: string, stem: string): FilePlaces {
  const at = folder === '' ? '' : `${folder}/`;
  return {
    stem,
    info: at + infoName(stem),
    page: at + pageName(stem),
    preview: (position, extension) => at + previewName(stem, position, extension),
    previewInfo: () => undefined,
    header: undefined,
    hash: undefined,
    model: undefined,
  };
}

function wholeName(file: ProfileFile, taken: Set<string>): string {
  const name = shortened(file.name, MAX_STEM_BYTES);
  if (take(taken, file.folder, name)) return name;
  const marked = `${shortened(file.name, MAX_STEM_BYTES - 9)}~${nameHash(file.name)}`;
  take(taken, file.folder, marked);
  return marked;
}

function take(taken: Set<string>, folder: string, name: string): boolean {
  const key = `${folder}/${foldName(name)}`;
  if (taken.has(key)) return false;
  taken.add(key);
  return true;
}

function rank(file: ProfileFile): number {
  return file.name.toLowerCase().endsWith('.safetensors') ? 0 : 1;
}
