import type { File, Version } from '../../civitai/shapes/types.ts';

/** Which versions of a model are wanted. */
export type VersionChoice = 'latest' | 'all' | { readonly base: string };

/** Which files of a version are wanted: any of these, each with all its words. */
export type FileChoice = readonly (readonly string[])[];

/** Reads `latest`, `all` or `base:NAME`; `undefined` when it is none of them. */
export function parseVersionChoice(text: string): VersionChoice | undefined {
  const said = text.trim();
  if (said === 'latest' || said === 'all') return said;
  const base = /^base:(.+)$/i.exec(said)?.[1]?.trim();
  return base === undefined || base === '' ? undefined : { base };
}

/**
 * Reads words joined by `+` (all of them) and `,` (any of these): `primary`, `all`, `vae`, `model+fp16,training data`.
 * `undefined` when a word is missing.
 */
export function parseFileChoice(text: string): FileChoice | undefined {
  const choice = text.split(',').map((some) => some.split('+').map(plain));
  return choice.some((words) => words.includes('')) ? undefined : choice;
}

/** The versions that are wanted, newest first as the site orders them; only those published since then (epoch ms). */
export function chooseVersions(
  versions: readonly Version[],
  choice: VersionChoice,
  since: number | undefined,
): Version[] {
  const open = versions.filter(
    (version) =>
      (version.status ?? 'Published') === 'Published' &&
      (since === undefined || (version.publishedAt ?? version.createdAt ?? 0) >= since),
  );
  if (choice === 'all') return open;
  if (choice === 'latest') return open.slice(0, 1);
  return open.filter((version) => plain(version.baseModel ?? '') === plain(choice.base));
}

/** The files of a version that are wanted, in the site's order. */
export function chooseFiles(files: readonly File[], choice: FileChoice): File[] {
  const primary = primaryOf(files);
  return files.filter((file) => choice.some((words) => words.every((word) => isMeant(file, word, primary))));
}

/** The file that the site hands out when none is named. */
export function primaryOf(files: readonly File[]): File | undefined {
  return files.find((file) => file.primary) ?? files.find((file) => plain(file.type) === 'model') ?? files[0];
}

function isMeant(file: File, word: string, primary: File | undefined): boolean {
  if (word === 'all') return true;
  if (word === 'primary') return file === primary;
  const ending = /\.(\w+)$/.exec(file.name)?.[1] ?? '';
  const own = [file.type, file.format, file.fp, file.extent, file.quantType, ending];
  return own.some((fact) => fact !== undefined && isSame(plain(fact), word));
}

/** `training` is enough for "Training Data", and `config` for "Config". */
function isSame(fact: string, word: string): boolean {
  return fact === word || (word === 'training' && fact === 'trainingdata');
}

/** How words are compared: without case, blanks and marks. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[\s_.-]+/g, '');
}
