/** A model file whose notes need names. */
export interface ProfileFile {
  /** Relative to the root, `/` between segments, empty for the root itself. */
  readonly folder: string;
  readonly name: string;
  /** The name without its extension. */
  readonly stem: string;
}

/**
 * Names of everything written for one model file. Paths are relative to the profile's base folder (the root for
 * `beside`, the output folder for `collected`), `/` between segments, no name longer than 255 bytes.
 */
export interface FilePlaces {
  /** What all names of this file begin with. */
  readonly stem: string;
  /** The version answer, with the model's. */
  readonly info: string;
  readonly page: string;
  /** `position`: place of the image among the version's, from 0. `extension`: of the true type, without the dot. */
  preview(position: number, extension: string): string;
  /** The image's own object; `undefined` in profiles that keep none. */
  previewInfo(position: number): string | undefined;
  /** The header's metadata. */
  readonly header: string | undefined;
  readonly hash: string | undefined;
  /** The model answer. */
  readonly model: string | undefined;
}

/** A rule for names and places. */
export interface Profile {
  readonly name: 'beside' | 'collected';
  /** Whether places are relative to the root of the model file, or to an output folder. */
  readonly base: 'root' | 'output';
  /**
   * Places of all files of a root (or of all roots that share an output folder), by `placeKey`. No two files share a
   * name, also on disks that ignore letter case. `held`: stems given in earlier runs by `placeKey`; they stay.
   */
  places(files: readonly ProfileFile[], held?: ReadonlyMap<string, string>): Map<string, FilePlaces>;
}

/** The key of a file in `Profile.places`: its path relative to the root. */
export function placeKey(file: Pick<ProfileFile, 'folder' | 'name'>): string {
  return file.folder === '' ? file.name : `${file.folder}/${file.name}`;
}

/** A file name without its last extension; a leading dot is no extension. */
export function stemOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}
