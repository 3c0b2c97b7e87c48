import { basename, dirname, join } from 'node:path';
import type { ConfiguredNames } from './configured-names.ts';
import { parsePlace, plainFolder, renderPlace } from './configured-template.ts';
import type { PlaceTemplate } from './configured-template.ts';
import { foldName, nameHash } from './file-name.ts';

/** A model file whose notes a configuration names. */
export interface ConfiguredFile {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  readonly stem: string;
  /** Of its input path. */
  readonly type: string;
}

/** Names of everything written for one model file. All paths absolute. */
export interface ConfiguredPlaces {
  /** What `{model_name}` stands for. */
  readonly stem: string;
  readonly info: string;
  /** Where the info goes when a file of the user's has its name. */
  readonly infoOtherwise: string;
  /** `undefined` where no pages are written. */
  readonly page: string | undefined;
  /** Folder and name of a preview, all but number and extension. */
  readonly preview: { readonly folder: string; readonly base: string };
}

/** A configuration's places, read once. */
export interface ConfiguredTemplates {
  readonly info: PlaceTemplate;
  readonly page: PlaceTemplate | undefined;
  readonly preview: PlaceTemplate;
}

const PICTURE_ENDING = /\.(?:png|jpe?g|webp|gif|avif|jxl|mp4|webm)$/i;

const INFO_ENDING = /\.(?:json|info|txt)$/i;
/** A file that finds no name of its own after so many shows a fault of ours. */
const MOST_TRIED = 10_000;

/** Reads the places of a configuration. Throws UserError `bad-template`. */
export function parseNames(names: ConfiguredNames): ConfiguredTemplates {
  const { path, filename } = names.preview;
  // The true extension is known when the picture is here, and goes last.
  const base = filename.replace(/\{\s*ext\s*\}\s*$/, '').replace(PICTURE_ENDING, '');
  return {
    info: parsePlace(names.info),
    page: names.page === undefined ? undefined : parsePlace(names.page),
    preview: parsePlace({ path, filename: base }, ['image_type']),
  };
}

/** The folders in which, or below which, everything of some files lies: absolute, each once. */
export function configuredFolders(templates: ConfiguredTemplates, folders: Iterable<string>): Set<string> {
  const places = [templates.info, templates.page, templates.preview].filter((one) => one !== undefined);
  const found = new Set<string>();
  for (const folder of folders) for (const place of places) found.add(plainFolder(place, folder));
  return found;
}

/**
 * Places of some files, by absolute path. No two share a name, also on disks that ignore letter case: of two that would,
 * the first (safetensors before others, then by path) has its stem as `{model_name}`, the next its whole name, and one for
 * which that is not enough carries a hash. `held`: absolute paths of notes and pages that model files (by absolute path)
 * have from earlier runs; they stay theirs.
 */
export function configuredPlaces(
  templates: ConfiguredTemplates,
  files: readonly ConfiguredFile[],
  held: ReadonlyMap<string, string> = new Map(),
): Map<string, ConfiguredPlaces> {
  const owners = new Map([...held].map(([path, owner]) => [foldName(path), owner]));
  const places = new Map<string, ConfiguredPlaces>();
  const waiting: ConfiguredFile[] = [];
  const taken = new Map<string, string>();
  const take = (file: ConfiguredFile, place: ConfiguredPlaces): boolean => {
    const own = join(file.folder, file.name);
    const keys = keysOf(place);
    if (keys.some((key) => (taken.get(key) ?? owners.get(key) ?? own) !== own)) return false;
    for (const key of keys) taken.set(key, own);
    places.set(own, place);
    return true;
  };
  for (const file of [...files].sort(byPreference)) {
    const own = join(file.folder, file.name);
    const earlier = levelsOf(file).find((level) => {
      const { info, infoOtherwise, page } = placesAt(templates, file, level);
      return [info, infoOtherwise, page].some(
        (path) => path !== undefined && owners.get(foldName(path)) === own,
      );
    });
    const first = placesAt(templates, file, earlier ?? levelsOf(file)[0]);
    if (!take(file, first)) waiting.push(file);
  }
  // After all first ones have theirs: the whole name of one file may be the stem of another.
  for (const file of waiting) {
    const free = levelsOf(file).some((level) => take(file, placesAt(templates, file, level)));
    if (!free) places.set(join(file.folder, file.name), lastResort(templates, file, take));
  }
  return places;
}

/** `<base>1.jpeg`: the number from 1 in front of the extension; a dot keeps it apart from a digit before it. */
export function configuredPreview(base: string, slot: number): string {
  return /\d$/.test(base) ? `${base}.${slot}` : `${base}${slot}`;
}

/** The slot that a name without extension says, if it is one of this base. */
export function configuredSlot(base: string, name: string): number | undefined {
  const slot = /[1-9]\d{0,5}$/.exec(name)?.[0];
  if (slot === undefined || !name.startsWith(base)) return undefined;
  const number = name.slice(base.length).replace(/^\./, '');
  return /^[1-9]\d{0,5}$/.test(number) && configuredPreview(base, Number(number)) === name
    ? Number(number)
    : undefined;
}

interface Level {
  readonly modelName: string;
  readonly mark: string;
}

function levelsOf(file: ConfiguredFile): [Level, Level, Level] {
  const hash = `~${nameHash(join(file.folder, file.name))}`;
  return [
    { modelName: file.stem, mark: '' },
    { modelName: file.name, mark: hash },
    { modelName: file.name + hash, mark: hash },
  ];
}

function lastResort(
  templates: ConfiguredTemplates,
  file: ConfiguredFile,
  take: (file: ConfiguredFile, place: ConfiguredPlaces) => boolean,
): ConfiguredPlaces {
  for (let count = 2; count < MOST_TRIED; count += 1) {
    const [, , level] = levelsOf(file);
    const marked = { modelName: `${level.modelName}-${count}`, mark: `${level.mark}-${count}` };
    const place = placesAt(templates, file, marked);
    if (take(file, place)) return place;
  }
  throw new Error(`No name for ${file.name} was free.`);
}

function placesAt(templates: ConfiguredTemplates, file: ConfiguredFile, level: Level): ConfiguredPlaces {
  const values = { ...level, folder: file.folder, modelType: file.type };
  const info = renderPlace(templates.info, values);
  const preview = renderPlace(templates.preview, values);
  return {
    stem: level.modelName,
    info,
    infoOtherwise: join(dirname(info), `${basename(info).replace(INFO_ENDING, '')}.civitai.json`),
    page: templates.page === undefined ? undefined : renderPlace(templates.page, values),
    preview: { folder: dirname(preview), base: basename(preview) },
  };
}

/** What no other file may have. */
function keysOf({ info, infoOtherwise, page, preview }: ConfiguredPlaces): string[] {
  const paths = [
    info,
    infoOtherwise,
    ...(page === undefined ? [] : [page]),
    `${join(preview.folder, preview.base)}#`,
  ];
  return paths.map(foldName);
}

function byPreference(a: ConfiguredFile, b: ConfiguredFile): number {
  const rank = (file: ConfiguredFile): number => (file.name.toLowerCase().endsWith('.safetensors') ? 0 : 1);
  const [one, other] = [join(a.folder, a.name), join(b.folder, b.name)];
  return rank(a) - rank(b) || (one < other ? -1 : one > other ? 1 : 0);
}
