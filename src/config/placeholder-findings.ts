import { TEMPLATE_NAMES, templateFault } from '../verbs/organising/template-words.ts';
import type { Finding } from './finding.ts';
import { valueAt } from './layers.ts';
import type { Layer } from './layers.ts';
import { nearestWord } from '../base/nearest-word.ts';

type Kind = 'folder' | 'name' | 'image' | 'gallery' | 'plain';

const PLACEHOLDERS: Readonly<Record<Kind, readonly string[]>> = {
  folder: ['model_dir', 'model_name', 'model_type'],
  name: ['model_name', 'model_type'],
  image: ['model_name', 'model_type', 'image_type', 'ext'],
  gallery: ['model_dir'],
  plain: [],
};

/** Every key that takes placeholders, and which. */
const PLACES: readonly (readonly [kind: Kind, path: readonly string[]])[] = [
  ['folder', ['output', 'metadata', 'path']],
  ['folder', ['output', 'metadata', 'html', 'path']],
  ['folder', ['output', 'images', 'path']],
  ['name', ['output', 'metadata', 'filename']],
  ['name', ['output', 'metadata', 'html', 'filename']],
  ['image', ['output', 'images', 'filenames', 'preview']],
  ['gallery', ['output', 'metadata', 'html', 'gallery_path']],
  ['plain', ['output', 'base_dir']],
  ['gallery', ['organization', 'output_dir']],
];

/** What is wrong with names, places and templates of one layer. */
export function placeholderFindings(layer: Layer, at: readonly string[]): Finding[] {
  const places = PLACES.flatMap(([kind, path]) => {
    const text = valueAt(layer, path);
    const fault = typeof text === 'string' ? faultOf(kind, text) : undefined;
    return fault === undefined ? [] : [{ path: [...at, ...path], ...fault }];
  });
  return [...places, ...templateFindings(layer, at)];
}

type Fault = Pick<Finding, 'message' | 'next'>;

function faultOf(kind: Kind, text: string): Fault | undefined {
  const known = PLACEHOLDERS[kind];
  for (const [, name = ''] of text.matchAll(/\{([^{}]*)\}/g)) {
    if (!known.includes(name)) return unknownPlaceholder(name, known);
  }
  if (/[{}]/.test(text.replaceAll(/\{[^{}]*\}/g, '')))
    return { message: 'a brace has no partner', next: 'Placeholders stand in braces: {model_name}.' };
  if (text.includes('\0')) return { message: 'holds a NUL' };
  if (text.lastIndexOf('{model_dir}') > 0)
    return { message: '{model_dir} must stand first', next: 'For example {model_dir}/previews.' };
  const isName = kind === 'name' || kind === 'image';
  if (isName && /[/\\]/.test(text))
    return { message: 'a name holds no slashes', next: 'Put folders into the path beside it.' };
  if (isName && /^\.{1,2}$/.test(text.trim())) return { message: `"${text}" can't be a name` };
  return undefined;
}

function unknownPlaceholder(name: string, known: readonly string[]): Fault {
  const nearest = nearestWord(name, known);
  const there = known.length === 0 ? 'none' : known.map((one) => `{${one}}`).join(' ');
  return {
    message: `unknown placeholder {${name}}${nearest === undefined ? '' : `; did you mean {${nearest}}?`}`,
    next: `Placeholders here: ${there}.`,
  };
}

function templateFindings(layer: Layer, at: readonly string[]): Finding[] {
  const found: Finding[] = [];
  const named = valueAt(layer, ['organization', 'template']);
  if (typeof named === 'string' && named !== '' && !TEMPLATE_NAMES.includes(named)) {
    const path = [...at, 'organization', 'template'];
    const nearest = nearestWord(named, TEMPLATE_NAMES);
    if (named.includes('{'))
      found.push({
        path,
        message: 'is a name here',
        next: 'A template of your own goes into custom_template.',
      });
    else
      found.push({
        path,
        message: `unknown template "${named}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
        next: `Templates: ${TEMPLATE_NAMES.join(', ')}.`,
      });
  }
  const custom = valueAt(layer, ['organization', 'custom_template']);
  const fault = typeof custom === 'string' && custom.trim() !== '' ? templateFault(custom) : undefined;
  if (fault !== undefined) found.push({ path: [...at, 'organization', 'custom_template'], ...fault });
  return found;
}
