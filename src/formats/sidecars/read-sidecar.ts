import { isRecord } from '../../base/json.ts';
import { parseLooseJson } from '../generation-json.ts';
import { readA1111 } from './a1111.ts';
import { ABOUT_ENDINGS, isAboutName } from './about-name.ts';
import { readAbout } from './about.ts';
import { readModelAnswer, readVersionAnswer } from './civitai-answer.ts';
import { readHashFile } from './collected-files.ts';
import type { SidecarFacts } from './facts.ts';
import { readLoraManager } from './lora-metadata.ts';
import { readStabilityMatrix } from './stability-matrix.ts';
import { readSwarmUi } from './swarmui.ts';

type Fields = Readonly<Record<string, unknown>>;
type Reader = (value: Fields) => SidecarFacts | undefined;

/** Longest text read, in characters; the largest answer of the site seen has 689,000. */
const MAX_CHARS = 8 * 1024 * 1024;

/** Endings of names, most telling first, and who may have written such a file. */
const READERS: readonly (readonly [ending: string, readers: readonly Reader[]])[] = [
  // Read apart: they are YAML.
  ...ABOUT_ENDINGS.map((ending) => [ending, []] as const),
  ['.civitai.info', [(value) => readVersionAnswer(value, 'civitai-info')]],
  ['.api_info.json', [(value) => readVersionAnswer(value, 'api-info') ?? readModelAnswer(value, 'api-info')]],
  ['.metadata.json', [readLoraManager]],
  ['.cm-info.json', [readStabilityMatrix]],
  ['.swarm.json', [readSwarmUi]],
  ['_civitai_model_version.json', [(value) => readVersionAnswer(value, 'data-manager-version')]],
  ['_civitai_model.json', [(value) => readModelAnswer(value, 'data-manager-model')]],
  ['_hash.json', [readHashFile]],
  ['.json', [readA1111, (value) => (isEmpty(value) ? undefined : readVersionAnswer(value, 'civitscraper'))]],
];

/**
 * Reads the note `name` (a file name, no folder) by its name and its content. `undefined` when it is of no format we
 * know or damaged. Never throws.
 */
export function readSidecar(name: string, text: string): SidecarFacts | undefined {
  if (text.length > MAX_CHARS) return undefined;
  if (isAboutName(name)) return readAbout(text).facts;
  const readers = READERS.find(([ending]) => name.toLowerCase().endsWith(ending))?.[1];
  if (readers === undefined) return undefined;
  const value = objectIn(text);
  if (value === undefined) return undefined;
  for (const read of readers) {
    const facts = read(value);
    if (facts !== undefined) return facts;
  }
  return undefined;
}

/** The stem of the model file that a note belongs to by its name; `undefined` when the name is of no format we know. */
export function sidecarStem(name: string): string | undefined {
  const ending = READERS.find(([candidate]) => name.toLowerCase().endsWith(candidate))?.[0];
  return ending === undefined || name.length === ending.length ? undefined : name.slice(0, -ending.length);
}

/** Names under which notes for a model file may lie beside it, most telling first. */
export function sidecarNames(stem: string): string[] {
  return READERS.map(([ending]) => stem + ending);
}

/** An object, also one kept as a text inside JSON, or with a byte-order mark. */
function objectIn(text: string): Fields | undefined {
  const value = parseLooseJson(text.replace(/^\uFEFF/, ''));
  const inner = typeof value === 'string' ? parseLooseJson(value) : value;
  return isRecord(inner) ? inner : undefined;
}

/** `{}` means "not on the site" to the writers of `.civitai.info`, and nothing to those of `X.json`. */
function isEmpty(value: Fields): boolean {
  return Object.keys(value).length === 0 || Object.hasOwn(value, 'error');
}
