import { isAbsolute, join } from 'node:path';
import { isRecord } from '../../base/json.ts';
import type {
  ConfiguredGallery,
  ConfiguredNames,
  GalleryLead,
  TemplatedPlace,
} from '../../profiles/configured-names.ts';
import type { LayoutInput } from './layout-inputs.ts';

/** What a configuration says of names and places: enough to write as its job did, without the job. */
export interface ConfiguredLayout {
  readonly names: ConfiguredNames;
  /** They tell the type of each file. */
  readonly inputs: readonly LayoutInput[];
  /** Galleries of other jobs that pages lead back to, the first that stands, before one of its own. */
  readonly leads?: readonly GalleryLead[];
}

/** Reads what was kept of a configured layout; `undefined` when it is none. By hand, because every unchanged scan does it. */
export function readConfigured(value: unknown): ConfiguredLayout | undefined {
  if (!isRecord(value) || !isRecord(value['names']) || !Array.isArray(value['inputs'])) return undefined;
  const { info, page, preview, gallery } = value['names'];
  const inputs = value['inputs'].filter(isInput);
  const leads = Array.isArray(value['leads']) ? value['leads'].filter(isLead) : [];
  if (!isPlace(info) || !isPlace(preview) || inputs.length !== value['inputs'].length) return undefined;
  return {
    names: {
      info,
      page: isPlace(page) ? page : undefined,
      preview,
      gallery: isGallery(gallery) ? { ...gallery, title: gallery.title } : undefined,
    },
    inputs,
    ...(leads.length === 0 ? {} : { leads }),
  };
}

function isPlace(value: unknown): value is TemplatedPlace {
  return isRecord(value) && typeof value['path'] === 'string' && typeof value['filename'] === 'string';
}

function isGallery(value: unknown): value is ConfiguredGallery {
  return (
    isRecord(value) && typeof value['path'] === 'string' && typeof value['includeExisting'] === 'boolean'
  );
}

function isLead(value: unknown): value is GalleryLead {
  return isRecord(value) && typeof value['path'] === 'string' && Array.isArray(value['folders']);
}

function isInput(value: unknown): value is LayoutInput {
  return (
    isRecord(value) &&
    typeof value['path'] === 'string' &&
    typeof value['type'] === 'string' &&
    Array.isArray(value['patterns']) &&
    typeof value['recursive'] === 'boolean'
  );
}

/** The page of a root's gallery, absolute; `undefined` when the configuration wants none. */
export function configuredGallery({ names }: ConfiguredLayout, root: string): string | undefined {
  const path = names.gallery?.path;
  return path === undefined ? undefined : galleryIn(path, root);
}

/** A gallery's page, absolute, from how a configuration names it. */
export function galleryIn(path: string, root: string): string {
  return isAbsolute(path) ? path : join(root, path);
}
