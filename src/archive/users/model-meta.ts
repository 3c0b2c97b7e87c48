import { isRecord } from '../../base/json.ts';
import type { CivitaiFileId, VersionId } from '../../base/ids.ts';
import { downloadLink, modelPage } from '../../civitai/links.ts';
import type { Model, Version } from '../../civitai/shapes/types.ts';

/** An image that a version's record shows. */
export interface GalleryImage {
  readonly imageId: number;
  readonly postId: number | null;
  readonly url: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly prompt: string | null;
  readonly negative: string | null;
  readonly seed: string | null;
  readonly sampler: string | null;
  readonly steps: number | null;
  readonly versionIds: readonly number[];
}

export interface MetaFacts {
  readonly model: Model;
  readonly version: Version;
  /** The model's answer as the site gave it. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly gallery: readonly GalleryImage[];
  /** Download links are made on it. */
  readonly apiOrigin: string;
}

/** What `model_meta_v<id>.json` says of a version and its model: the keys of the older downloader. */
export function modelMeta({ model, version, raw, gallery, apiOrigin }: MetaFacts): Record<string, unknown> {
  const said = rawVersion(raw, version.id);
  return {
    modelId: model.id,
    modelName: model.name,
    modelUrl: modelPage(model.id, version.id),
    modelType: model.type,
    tags: model.tags,
    creator: model.creator?.username ?? null,
    stats: raw['stats'] ?? null,
    descriptionHtml: model.description ?? '',
    version: {
      modelVersionId: version.id,
      versionName: version.name,
      publishedAt: said['publishedAt'] ?? null,
      baseModel: version.baseModel ?? null,
      baseModelType: version.baseModelType ?? null,
      trainedWords: version.trainedWords,
      files: recordsIn(said['files']).map((file) => withEndpoint(file, version.id, apiOrigin)),
      previewImages: recordsIn(said['images']).map(withPage),
      gallery: gallery.map((image) => shown(image, apiOrigin)),
    },
  };
}

function rawVersion(raw: Readonly<Record<string, unknown>>, id: VersionId): Record<string, unknown> {
  return recordsIn(raw['modelVersions']).find((version) => version['id'] === id) ?? {};
}

function recordsIn(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function withEndpoint(file: Record<string, unknown>, version: VersionId, apiOrigin: string) {
  const id = typeof file['id'] === 'number' ? (file['id'] as CivitaiFileId) : undefined;
  return { ...file, download_endpoint: downloadLink(apiOrigin, version, id) };
}

function withPage(image: Record<string, unknown>): Record<string, unknown> {
  const named = typeof image['url'] === 'string' ? /\/(\d{1,12})\.\w+$/.exec(image['url'])?.[1] : undefined;
  const id = typeof image['id'] === 'number' ? String(image['id']) : named;
  return { ...image, pageUrl: id === undefined ? null : imagePage(id) };
}

/** The page of an image. */
export function imagePage(id: number | string): string {
  return `https://civitai.com/images/${id}`;
}

function shown(image: GalleryImage, apiOrigin: string): Record<string, unknown> {
  const { postId, imageId, url, width, height, prompt, negative, seed, sampler, steps } = image;
  return {
    postId,
    imageId,
    url,
    width,
    height,
    prompt,
    negativePrompt: negative,
    seed,
    sampler,
    steps,
    models_used: image.versionIds.map((id) => ({
      modelVersionId: id,
      download_endpoint: downloadLink(apiOrigin, id as VersionId),
    })),
  };
}

/** True when two records differ in nothing but how often something was downloaded or liked. */
export function isSameButStats(one: unknown, other: unknown): boolean {
  return JSON.stringify(withoutStats(one)) === JSON.stringify(withoutStats(other));
}

function withoutStats(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { stats: _stats, ...rest } = value;
  return rest;
}
