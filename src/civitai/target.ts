import type { CivitaiFileId, ImageId, ModelId, PostId, VersionId } from '../base/ids.ts';
import { parseAir, type Air } from '../formats/air.ts';
import { parseHashText } from './hash-text.ts';
import { parseMediaUrl } from './media.ts';

/** What a person means by an address, an AIR, a hash or a number. */
export type Target =
  | { readonly kind: 'model'; readonly modelId: ModelId; readonly versionId?: VersionId }
  | {
      readonly kind: 'version';
      readonly versionId: VersionId;
      readonly modelId?: ModelId;
      readonly fileId?: CivitaiFileId;
    }
  | { readonly kind: 'image'; readonly imageId: ImageId }
  | { readonly kind: 'media'; readonly uuid: string; readonly imageId?: ImageId }
  | { readonly kind: 'post'; readonly postId: PostId }
  | { readonly kind: 'user'; readonly username: string; readonly tab?: string }
  | { readonly kind: 'entity'; readonly entity: Entity; readonly id: number }
  | { readonly kind: 'tool'; readonly slug: string }
  | { readonly kind: 'tag'; readonly name: string }
  | {
      readonly kind: 'listing';
      readonly of: string;
      readonly query: Readonly<Record<string, readonly string[]>>;
    }
  | { readonly kind: 'hash'; readonly hash: string; readonly types: readonly string[] }
  /** A resource of another house; kept so that it can be named in the refusal. */
  | { readonly kind: 'elsewhere'; readonly air: Air }
  /** A bare number: a model, version, image or post, as the caller's context says. */
  | { readonly kind: 'number'; readonly id: number };

type Entity =
  'user' | 'collection' | 'article' | 'bounty' | 'challenge' | 'review' | '3d-model' | 'comment' | 'file';

/** The site under all its names [notes: page URL forms]. `api.` serves old links. */
const SITE_HOST =
  /^(?:www\.|api\.)?(?:civitai\.com|civitai\.red|civitai\.green|civitaired\.com|civitai\.buzz)$/;

const LONGEST = 4000;
const LARGEST_ID = 2_147_483_647;

/** Pages of one thing by its number, and what it is. */
const ENTITIES: Readonly<Record<string, Entity>> = {
  'user-id': 'user',
  collections: 'collection',
  articles: 'article',
  bounties: 'bounty',
  challenges: 'challenge',
  reviews: 'review',
  '3d-models': '3d-model',
};

const LISTINGS = new Set([
  'models',
  'images',
  'videos',
  'posts',
  'articles',
  'collections',
  'search',
  'tag',
  'user',
]);

/**
 * Reads every form of section 8 of the API notes: page, download, API and image addresses (with or without scheme), AIR,
 * hashes, bare numbers. `undefined` when it is none of them. Further hosts, for example that of a configured API, may
 * be named. Digits alone are a number, unless they are too many for an id and just right for a hash.
 */
export function parseTarget(text: string, hosts: readonly string[] = []): Target | undefined {
  const said = text.trim();
  if (said === '' || said.length > LONGEST) return undefined;
  if (/^\d+$/.test(said) && idOf(said) !== undefined) return { kind: 'number', id: Number(said) };
  const hash = parseHashText(said);
  if (hash !== undefined) return { kind: 'hash', ...hash };
  const url = urlOf(said, hosts);
  if (url !== undefined) return targetOfUrl(url);
  const air = parseAir(said);
  // Short forms are Civitai's own habit; `C:\\models` and `mailto:x` would be AIRs of other houses else.
  const isMeant = air !== undefined && (air.source.startsWith('civitai') || /^(?:urn:)?air:/i.test(said));
  return isMeant ? targetOfAir(air) : undefined;
}

function idOf<T extends number = number>(text: string | null | undefined): T | undefined {
  const digits = /^(\d{1,10})\.?$/.exec(text ?? '')?.[1];
  const id = Number(digits);
  return digits !== undefined && id >= 1 && id <= LARGEST_ID ? (id as T) : undefined;
}

function urlOf(text: string, hosts: readonly string[]): URL | undefined {
  const full = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(full)) return undefined;
  const url = new URL(full);
  const isOurs =
    SITE_HOST.test(url.hostname) ||
    hosts.includes(url.host) ||
    /^image[\w-]*\.civitai\.(?:com|red)$/.test(url.hostname);
  return isOurs ? url : undefined;
}

function targetOfUrl(url: URL): Target | undefined {
  const media = parseMediaUrl(url.href);
  if (media !== undefined) {
    return {
      kind: 'media',
      uuid: media.uuid,
      ...(media.imageId === undefined ? {} : { imageId: media.imageId }),
    };
  }
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  if (parts[0] === 'api') return targetOfApi(parts.slice(1), url.searchParams);
  return targetOfPage(parts, url.searchParams);
}

function targetOfPage(parts: readonly string[], query: URLSearchParams): Target | undefined {
  const [first = '', second, third] = parts;
  const id = idOf(second);
  if (first === 'models' && id !== undefined) return modelTarget(id as ModelId, query);
  if (first === 'model-versions' && id !== undefined) return { kind: 'version', versionId: id as VersionId };
  if ((first === 'images' || first === 'gallery' || first === 'videos') && id !== undefined)
    return { kind: 'image', imageId: id as ImageId };
  if (first === 'posts' && id !== undefined) return { kind: 'post', postId: id as PostId };
  if (first === 'user' && second !== undefined) return userTarget(second, third);
  if (first === 'comments' && second === 'v2') return entityTarget('comment', idOf(third));
  if (first === 'tools' && second !== undefined) return { kind: 'tool', slug: second };
  if (first === 'tag' && second !== undefined) return { kind: 'tag', name: second };
  const entity = Object.hasOwn(ENTITIES, first) ? ENTITIES[first] : undefined;
  if (entity !== undefined && id !== undefined) return entityTarget(entity, id);
  if (first === 'search' && second !== undefined)
    return { kind: 'listing', of: second, query: queryOf(query) };
  if (LISTINGS.has(first) && second === undefined)
    return { kind: 'listing', of: first, query: queryOf(query) };
  return undefined;
}

function targetOfApi(parts: readonly string[], query: URLSearchParams): Target | undefined {
  if (parts[0] === 'download') return downloadTarget(parts.slice(1), query);
  if (parts[0] !== 'v1') return undefined;
  const [, first, second, third] = parts;
  if (first === 'model-versions' && second === 'by-hash' && third !== undefined) {
    const hash = parseHashText(third);
    return hash === undefined ? undefined : { kind: 'hash', ...hash };
  }
  if (first === 'model-versions' && second === 'mini')
    return versionTarget(idOf(third), query.get('modelFileId'));
  if (first === 'model-versions') return versionTarget(idOf(second), null);
  if (first === 'models' && second !== undefined) return modelTarget(idOf(second), new URLSearchParams());
  if (first === 'models' || first === 'images') return { kind: 'listing', of: first, query: queryOf(query) };
  if (first === 'model-files') return entityTarget('file', idOf(second));
  return first === 'posts' && idOf(second) !== undefined
    ? { kind: 'post', postId: idOf<PostId>(second) as PostId }
    : undefined;
}

function downloadTarget(parts: readonly string[], query: URLSearchParams): Target | undefined {
  return parts[0] === 'models' || parts[0] === 'training-data'
    ? versionTarget(idOf(parts[1]), query.get('fileId'))
    : undefined;
}

function versionTarget(id: number | undefined, file: string | null): Target | undefined {
  if (id === undefined) return undefined;
  const fileId = idOf<CivitaiFileId>(file);
  return { kind: 'version', versionId: id as VersionId, ...(fileId === undefined ? {} : { fileId }) };
}

/** The version wins where both are named; the model is kept beside it. */
function modelTarget(id: number | undefined, query: URLSearchParams): Target | undefined {
  if (id === undefined) return undefined;
  const versionId = idOf<VersionId>(query.get('modelVersionId'));
  const modelId = id as ModelId;
  return versionId === undefined ? { kind: 'model', modelId } : { kind: 'version', versionId, modelId };
}

function userTarget(username: string, tab: string | undefined): Target {
  return { kind: 'user', username, ...(tab === undefined ? {} : { tab }) };
}

function entityTarget(entity: Entity, id: number | undefined): Target | undefined {
  return id === undefined ? undefined : { kind: 'entity', entity, id };
}

function queryOf(params: URLSearchParams): Record<string, readonly string[]> {
  // A key handed along with a listing's address is none of the listing's words.
  const names = [...new Set(params.keys())].filter(
    (name) => name !== '__proto__' && name.toLowerCase() !== 'token',
  );
  return Object.fromEntries(names.map((name) => [name, params.getAll(name)]));
}

function targetOfAir(air: Air): Target {
  const modelId = idOf<ModelId>(air.id);
  if (!air.source.startsWith('civitai') || modelId === undefined) return { kind: 'elsewhere', air };
  const versionId = idOf<VersionId>(air.version);
  const fileId = idOf<CivitaiFileId>(air.fileId);
  if (versionId === undefined) return { kind: 'model', modelId };
  return { kind: 'version', versionId, modelId, ...(fileId === undefined ? {} : { fileId }) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
