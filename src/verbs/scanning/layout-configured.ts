import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import type { ConfiguredNames } from '../../profiles/configured-names.ts';
import type { LayoutInput } from './layout-inputs.ts';

/** What a configuration says of names and places: enough to write as its job did, without the job. */
export interface ConfiguredLayout {
  readonly names: ConfiguredNames;
  /** They tell the type of each file. */
  readonly inputs: readonly LayoutInput[];
}

const PLACE = z.object({ path: z.string(), filename: z.string() });
const CONFIGURED = z.object({
  names: z.object({
    info: PLACE,
    page: PLACE.optional(),
    preview: PLACE,
    gallery: z
      .object({ path: z.string(), title: z.string().optional(), includeExisting: z.boolean() })
      .optional(),
  }),
  inputs: z.array(
    z.object({ path: z.string(), type: z.string(), patterns: z.array(z.string()), recursive: z.boolean() }),
  ),
});

/** Reads what was kept of a configured layout; `undefined` when it is none. */
export function readConfigured(value: unknown): ConfiguredLayout | undefined {
  const read = CONFIGURED.safeParse(value);
  if (!read.success) return undefined;
  const { info, page, preview, gallery } = read.data.names;
  return {
    inputs: read.data.inputs,
    names: {
      info,
      preview,
      page,
      gallery: gallery === undefined ? undefined : { ...gallery, title: gallery.title },
    },
  };
}

/** The page of a root's gallery, absolute; `undefined` when the configuration wants none. */
export function configuredGallery({ names }: ConfiguredLayout, root: string): string | undefined {
  const path = names.gallery?.path;
  if (path === undefined) return undefined;
  return isAbsolute(path) ? path : join(root, path);
}
