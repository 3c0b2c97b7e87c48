import { basename, resolve } from 'node:path';
import type { ConfiguredNames } from '../profiles/configured-names.ts';
import type { ScanPathsJob } from '../verbs/jobs/job.ts';
import type { OutputSection } from './schema-output.ts';

const MODEL_DIR = '{model_dir}';

/** What `output` says of names and places; relative folders start at the working directory. */
export function namesOf(output: OutputSection | undefined, cwd: string): ConfiguredNames {
  const { metadata, images, base_dir: base } = output ?? {};
  const html = metadata?.html;
  const folder = (given: string | undefined): string =>
    base === undefined ? placed(given ?? MODEL_DIR, cwd) : `${resolve(cwd, base)}/{model_type}`;
  return {
    info: { path: folder(metadata?.path), filename: metadata?.filename ?? '{model_name}.json' },
    page:
      html?.enabled === false
        ? undefined
        : { path: folder(html?.path), filename: html?.filename ?? '{model_name}.html' },
    preview: {
      path: folder(images?.path),
      filename: withEnding(images?.filenames?.preview ?? '{model_name}.preview{ext}'),
    },
    gallery:
      html?.generate_gallery === true
        ? {
            path: galleryPlace(html.gallery_path ?? 'gallery.html', cwd),
            title: html.gallery_title ?? 'Model Gallery',
            includeExisting: html.include_existing_in_gallery ?? true,
          }
        : undefined,
  };
}

/** How many previews `output.images` asks for. */
export function previewsOf(output: OutputSection | undefined): ScanPathsJob['images'] {
  const { save, max_count: most } = output?.images ?? {};
  if (save === false || most === 0) return 'none';
  return most ?? 'all';
}

/** A folder that may begin with `{model_dir}`; any other relative one is below the working directory. */
export function placed(template: string, cwd: string): string {
  return template.startsWith(MODEL_DIR) ? template : resolve(cwd, template);
}

/** A bare name stays one: it lies in the input path. */
function galleryPlace(given: string, cwd: string): string {
  if (given.startsWith(MODEL_DIR)) return basename(given);
  return basename(given) === given ? given : resolve(cwd, given);
}

/** Previews keep their true ending, so the name ends with it. */
function withEnding(name: string): string {
  if (name.includes('{ext}')) return name;
  return `${name.replace(/\.(?:png|jpe?g|webp|gif|mp4|webm)$/i, '')}{ext}`;
}
