/** A picture or film of the site, or of the user. */
export interface ImageTable {
  /** Civitai's when positive, ours when negative. */
  id: number;
  uuid: string | null;
  url: string;
  media: 'image' | 'video' | 'audio';
  width: number | null;
  height: number | null;
  /** One bit of 1, 2, 4, 8, 16, 32; 0 unrated. */
  nsfw_level: number;
  blurhash: string | null;
  post_id: number | null;
  username: string | null;
  created_at: number | null;
  /** JSON list of the versions it was made with, where a listing said so. */
  version_ids: string | null;
  /** When an answer last told something new of it. */
  seen_at: number;
}

export interface ImageAliasTable {
  /** The uuid of the CDN address. */
  alias: string;
  image_id: number;
}

export interface ImageUseTable {
  version_id: number;
  image_id: number;
  position: number;
}

/** How an image was made, by source: the site's answer, the file's own bytes, the user. */
export interface GenParamTable {
  image_id: number;
  source: 'api' | 'file' | 'user';
  prompt: string | null;
  negative: string | null;
  seed: string | null;
  steps: number | null;
  cfg: number | null;
  sampler: string | null;
  model: string | null;
  /** Every setting as JSON: an object of texts, numbers, lists. */
  settings: string;
}
