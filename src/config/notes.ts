import type { Finding } from './finding.ts';
import { valueAt } from './layers.ts';
import type { Layer } from './layers.ts';
import { nearestWord } from '../base/nearest-word.ts';
import { isSampleKey } from './sample-key.ts';

interface Remark {
  readonly path: readonly string[];
  /** Only with this value; any when absent. */
  readonly value?: unknown;
  /** Only in jobs of this type; anywhere when absent. */
  readonly type?: string;
  readonly message: string;
  readonly next?: string;
}

/** Keys that are accepted and do nothing here, or something else than elsewhere. */
const REMARKS: readonly Remark[] = [
  {
    path: ['api', 'domains'],
    message: 'has no effect here: pages link to the site that the API belongs to',
    next: 'Set api.url to choose the site.',
  },
  {
    path: ['api', 'nsfw'],
    message: 'has no effect here: the rating of every single image is known',
    next: 'api.browsing_level says which previews are fetched.',
  },
  {
    path: ['scanner', 'version_cache_validity'],
    message: 'has no effect here: versions come with their model',
    next: 'scanner.cache_validity holds for both.',
  },
  {
    path: ['output', 'metadata', 'html', 'skip_existing_html'],
    message: 'has no effect here: a page is written when what it shows has changed',
  },
  {
    path: ['use_cached_metadata'],
    message: 'has no effect here: what is known and fresh is not asked for again',
    next: 'A job of type pages asks nobody at all.',
  },
  {
    path: ['organization', 'on_collision'],
    value: 'overwrite',
    message: 'counts as skip: nothing is ever overwritten',
    next: 'Write skip, rename or fail.',
  },
  {
    path: ['organization', 'move_files'],
    message: 'is deprecated',
    next: 'Write operation_mode: move.',
  },
  {
    path: ['organization', 'create_symlinks'],
    message: 'is deprecated',
    next: 'Write operation_mode: symlink.',
  },
  { path: ['skip_existing'], type: 'sync-lora-triggers', message: 'has no effect in this type of job' },
  { path: ['verify_hashes'], type: 'sync-lora-triggers', message: 'has no effect in this type of job' },
];

/** What is worth knowing about a layer and not wrong. */
export function notesOf(layer: Layer, at: readonly string[]): Finding[] {
  const type = valueAt(layer, ['type']);
  const remarks = REMARKS.filter((remark) => {
    const value = valueAt(layer, remark.path);
    if (value === undefined || value === null) return false;
    if (remark.type !== undefined && remark.type !== type) return false;
    return !('value' in remark) || remark.value === value;
  });
  return [
    ...remarks.map(({ path, message, next }) => ({ path: [...at, ...path], message, next })),
    ...keyNote(layer, at),
    ...previewNote(layer, at),
    ...typeNotes(layer, at),
  ];
}

function keyNote(layer: Layer, at: readonly string[]): Finding[] {
  const key = valueAt(layer, ['api', 'key']);
  if (typeof key !== 'string' || !isSampleKey(key)) return [];
  return [
    {
      path: [...at, 'api', 'key'],
      message: 'is the sample and counts as not set; most of the site can be asked without one',
      next: 'Put yours into CIVITAI_API_KEY.',
    },
  ];
}

function previewNote(layer: Layer, at: readonly string[]): Finding[] {
  const path = ['output', 'images', 'filenames', 'preview'];
  const name = valueAt(layer, path);
  if (typeof name !== 'string' || name.endsWith('{ext}')) return [];
  return [
    {
      path: [...at, ...path],
      message: 'does not end with {ext}, which is put at its end: images keep their true ending',
      next: 'Write {ext} at the end.',
    },
  ];
}

const TYPES = [
  'Checkpoint',
  'TextualInversion',
  'Hypernetwork',
  'AestheticGradient',
  'LORA',
  'LoCon',
  'DoRA',
  'Controlnet',
  'Upscaler',
  'MotionModule',
  'VAE',
  'Poses',
  'Wildcards',
  'Workflows',
  'Detection',
  'Other',
] as const;

function typeNotes(layer: Layer, at: readonly string[]): Finding[] {
  const inputs = valueAt(layer, ['input_paths']);
  if (typeof inputs !== 'object' || inputs === null) return [];
  return Object.keys(inputs).flatMap((id) => {
    const type = valueAt(inputs, [id, 'type']);
    if (typeof type !== 'string' || TYPES.some((one) => one.toLowerCase() === type.toLowerCase())) return [];
    const nearest = nearestWord(type, TYPES);
    return [
      {
        path: [...at, 'input_paths', id, 'type'],
        message: `"${type}" is no type of Civitai's${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
        next: `Types: ${TYPES.join(', ')}.`,
      },
    ];
  });
}
