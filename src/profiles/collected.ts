import { foldName, MAX_NAME_BYTES, nameHash, safeName } from './file-name.ts';
import { placeKey } from './profile.ts';
import type { FilePlaces, Profile, ProfileFile } from './profile.ts';

/** Bytes kept free behind a base name: `_civitai_model_version.json` and a little for temporary names. */
const ENDING_BYTES = 36;

/** Files of the output folder itself; no model's folder may be called like one. */
export const COLLECTED_FILES = {
  index: 'index.html',
  missing: 'missing_from_civitai.txt',
  duplicates: 'duplicate_models.txt',
  processed: 'processed_files.json',
} as const;

const OTHER_NAMES = ['gallery.html', 'gallery.files'];

/** One folder a model under an output folder, named and filled as Civitai Data Manager does. */
export const collected: Profile = {
  name: 'collected',
  base: 'output',
  places(files, held = new Map()) {
    const places = new Map<string, FilePlaces>();
    for (const [key, base] of collectedBases(files, held)) places.set(key, placesOf(base));
    return places;
  },
};

/**
 * The base name of every file's folder, by `placeKey`: the file's stem made safe; a second file with that base gets a
 * hash of its path behind it. What was given in an earlier run (`held`) stays with its file, whatever comes later.
 */
export function collectedBases(
  files: readonly ProfileFile[],
  held: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const bases = new Map<string, string>();
  const taken = new Set([...Object.values(COLLECTED_FILES), ...OTHER_NAMES].map(foldName));
  // A base that was given stays reserved even while its file is away: its drive may only be unplugged.
  for (const base of held.values()) taken.add(foldName(base));
  const sorted = files
    .map((file) => ({ key: placeKey(file), file }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, file } of sorted) {
    const base = held.get(key) ?? freeBase(file, key, taken);
    taken.add(foldName(base));
    bases.set(key, base);
  }
  return bases;
}

function freeBase(file: ProfileFile, key: string, taken: ReadonlySet<string>): string {
  const maxBytes = MAX_NAME_BYTES - ENDING_BYTES;
  const plain = safeName(file.stem, { maxBytes });
  if (!taken.has(foldName(plain))) return plain;
  const short = safeName(file.stem, { maxBytes: maxBytes - 14 });
  let marked = `${short}-${nameHash(key)}`;
  for (let count = 2; taken.has(foldName(marked)); count += 1) marked = `${short}-${nameHash(key)}-${count}`;
  return marked;
}

function placesOf(base: string): FilePlaces {
  const at = `${base}/${base}`;
  return {
    stem: base,
    info: `${at}_civitai_model_version.json`,
    page: `${at}.html`,
    preview: (position, extension) => `${at}_preview_${position}.${extension}`,
    previewInfo: (position) => `${at}_preview_${position}.json`,
    header: `${at}_metadata.json`,
    hash: `${at}_hash.json`,
    model: `${at}_civitai_model.json`,
  };
}
