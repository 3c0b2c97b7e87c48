import { isAbsolute, resolve } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { TemplatedPlace } from './configured-names.ts';
import { byteLength, MAX_NAME_BYTES, safeName, shortened } from './file-name.ts';

/** What the placeholders stand for. */
export interface PlaceValues {
  /** Absolute folder of the model file. */
  readonly folder: string;
  readonly modelName: string;
  readonly modelType: string;
  /** Stands in front of the extension when the template itself does not tell the files of a folder apart. */
  readonly mark: string;
}

/** A folder and a file name with placeholders, checked. */
export interface PlaceTemplate {
  /** Where it starts, absolute; `undefined`: the folder of the model file. */
  readonly start: string | undefined;
  /** The folders that are plain text, from the start; may climb with `..`, because the configuration says so. */
  readonly plain: readonly string[];
  /** Further folders. */
  readonly folders: readonly Segment[];
  readonly file: Segment;
  /** Whether the file name tells the models of a folder apart. */
  readonly namesModel: boolean;
}

type Part = string | { readonly name: string };
type Segment = readonly Part[];

const IMAGE_TYPE = 'preview';
/** Bytes kept free behind a name: a number, an extension, and a little for temporary names. */
const ENDING_BYTES = 24;
/** Fewer bytes of the model's name than this are not left of it. */
const LEAST_BYTES = 24;

/**
 * Reads a place. In a path `{model_dir}` may only stand first; `extra`: placeholders besides `{model_name}` and
 * `{model_type}`. Throws UserError `bad-template`.
 */
export function parsePlace(place: TemplatedPlace, extra: readonly string[] = []): PlaceTemplate {
  const path = place.path.replaceAll('\\', '/').replace(/(?<=.)\/+$/, '');
  const fromModel = /^(?:\{model_dir\}|\.)?(?:\/|$)/.exec(isAbsolute(path) ? '-' : path);
  const inner = fromModel === null ? path : path.slice(fromModel[0].length);
  const root = isAbsolute(path) ? resolve(path.slice(0, path.indexOf('/') + 1) || path) : undefined;
  const rest = root === undefined ? inner : path.slice(path.indexOf('/') + 1);
  const parts = `${rest}/${place.filename.replaceAll('\\', '/')}`.split('/').filter((one) => one !== '');
  const segments = parts.map((text) => parseSegment(text, place, extra));
  const file = segments.at(-1);
  if (place.filename.trim() === '' || file === undefined || /^\.{1,2}$/.test(parts.at(-1) ?? ''))
    throw refused(place, 'it names no file');
  const firstNamed = segments
    .slice(0, -1)
    .findIndex((segment) => segment.some((part) => typeof part !== 'string'));
  const plainCount = firstNamed === -1 ? segments.length - 1 : firstNamed;
  if (parts.slice(plainCount, -1).some((text) => /^\.{1,2}$/.test(text)))
    throw refused(place, 'behind a placeholder it can not climb with ".."');
  return {
    start: root,
    plain: parts.slice(0, plainCount),
    folders: segments.slice(plainCount, -1),
    file,
    namesModel: file.some((part) => typeof part !== 'string' && part.name === 'model_name'),
  };
}

/** The folder below which everything of this place lies, absolute: as far as the path is plain text. */
export function plainFolder(template: PlaceTemplate, folder: string): string {
  return resolve(template.start ?? folder, ...template.plain);
}

/** The absolute path for these values; each is text and nothing else, whatever braces, dots and slashes are in it. */
export function renderPlace(template: PlaceTemplate, values: PlaceValues): string {
  const folders = template.folders.map((segment) =>
    safeName(textOf(segment, { ...values, modelName: safeName(values.modelName) })),
  );
  return resolve(plainFolder(template, values.folder), ...folders, renderName(template, values));
}

function renderName({ file, namesModel }: PlaceTemplate, values: PlaceValues): string {
  const around = byteLength(textOf(file, { ...values, modelName: '' }));
  const room = Math.max(LEAST_BYTES, MAX_NAME_BYTES - ENDING_BYTES - around);
  const text = textOf(file, { ...values, modelName: shortened(values.modelName, room) });
  const name = namesModel || values.mark === '' ? text : withMark(text, values.mark);
  // The stem of a file that is there is a good name as it is: other programs look for exactly it.
  const isGood = !/^\.{0,2}$|[/\\\0]/.test(name) && byteLength(name) <= MAX_NAME_BYTES - ENDING_BYTES / 2;
  return isGood ? name : safeName(shortened(name, MAX_NAME_BYTES - ENDING_BYTES));
}

function withMark(name: string, mark: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? name + mark : name.slice(0, dot) + mark + name.slice(dot);
}

function textOf(segment: Segment, { modelName, modelType }: PlaceValues): string {
  const values: Readonly<Record<string, string>> = {
    model_name: modelName,
    model_type: safeName(modelType, { fallback: 'Unknown' }),
    image_type: IMAGE_TYPE,
  };
  return segment.map((part) => (typeof part === 'string' ? part : (values[part.name] ?? ''))).join('');
}

function parseSegment(text: string, place: TemplatedPlace, extra: readonly string[]): Segment {
  const known = ['model_name', 'model_type', ...extra];
  return text.split(/(\{[^{}]*\})/).flatMap((part): Part[] => {
    if (part === '') return [];
    const name = /^\{([^{}]*)\}$/.exec(part)?.[1]?.trim();
    if (name === undefined) {
      if (/[{}\0]/.test(part)) throw refused(place, 'a brace is not closed, or never opened');
      return [part];
    }
    if (name === 'model_dir') throw refused(place, '{model_dir} must stand alone at its beginning');
    if (!known.includes(name))
      throw refused(
        place,
        `{${name}} is not known there; there are {model_dir} ${known.map((one) => `{${one}}`).join(' ')}`,
      );
    return [{ name }];
  });
}

function refused({ path, filename }: TemplatedPlace, why: string): UserError {
  return new UserError(`The place "${path}" with "${filename}" can't be used: ${why}.`, {
    code: 'bad-template',
    next: 'For example the path {model_dir} and the name {model_name}.json.',
  });
}
