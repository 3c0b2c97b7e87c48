import type { ImageId } from '../base/ids.ts';
import { isLoopbackUrl } from '../net/address.ts';

/** An address of the image host, taken apart. */
export interface MediaAddress {
  readonly uuid: string;
  /** Only when the file name is a number that can be an id. */
  readonly imageId: ImageId | undefined;
  /** `original=true,width=450` as names and values. */
  readonly params: Readonly<Record<string, string>>;
  /** File name without extension. */
  readonly name: string;
  /** Lower case with its dot; says nothing about the true format. */
  readonly ext: string;
}

/** Hosts that hold the site's pictures and videos [notes: image URLs; realdata: older hosts]. */
const MEDIA_HOSTS = new Set([
  'image.civitai.com',
  'image-b2.civitai.com',
  'imagecache.civitai.com',
  'images.civitai.com',
  'image.civitai.red',
]);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LARGEST_ID = 2_147_483_647;

/** Reads an address of the form `…/{uuid}/{params}/{name}.{ext}` on any host; `undefined` when it has no uuid. */
export function parseMediaUrl(url: string): MediaAddress | undefined {
  if (!URL.canParse(url)) return undefined;
  const parts = new URL(url).pathname.split('/');
  const at = parts.findIndex((part) => UUID.test(part));
  const uuid = parts[at];
  if (uuid === undefined) return undefined;
  const file = decode(parts.at(-1) ?? '');
  const dot = file.lastIndexOf('.');
  const name = dot > 0 ? file.slice(0, dot) : file;
  const ext = dot > 0 ? file.slice(dot).toLowerCase() : '';
  const params = parts.length - at > 2 ? paramsIn(parts[at + 1] ?? '') : {};
  return { uuid: uuid.toLowerCase(), imageId: imageIdIn(name), params, name, ext };
}

function paramsIn(segment: string): Record<string, string> {
  const pairs = decode(segment)
    .split(',')
    .filter((pair) => pair.includes('='))
    .map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return Object.fromEntries(pairs.filter(([name]) => name !== '__proto__'));
}

/** A number as the site writes ids: no leading zero, as `00012.png` of some generator has it. */
function imageIdIn(name: string): ImageId | undefined {
  if (!/^[1-9]\d{0,9}$/.test(name)) return undefined;
  const id = Number(name);
  return id <= LARGEST_ID ? (id as ImageId) : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The same media as uploaded: its parameters replaced by `original=true`. An address of another kind is returned as it is. */
export function originalUrl(url: string): string {
  return withParams(url, 'original=true') ?? url;
}

/** A still picture of a video, `width` pixels wide at most; for a picture, the picture at that width. `undefined` when the address is of another kind. */
export function posterUrl(url: string, width = 450): string | undefined {
  const still = withParams(url, `anim=false,transcode=true,width=${width}`);
  return still?.replace(/\.(?:mp4|webm|mov)$/i, '.jpeg');
}

/** The address with its parameter segment replaced, or put in where there is none. */
function withParams(url: string, params: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const parts = parsed.pathname.split('/');
  const at = parts.findIndex((part) => UUID.test(part));
  if (at === -1 || !isPlainHost(parsed)) return undefined;
  const hasParams = (parts[at + 1] ?? '').includes('=');
  parts.splice(at + 1, hasParams ? 1 : 0, params);
  if (parts.length - at === 2) parts.push(`${parts[at] ?? ''}.jpeg`);
  parsed.pathname = parts.join('/');
  return parsed.href;
}

/** The storage behind the image host has paths of its own. */
function isPlainHost(url: URL): boolean {
  return url.hostname !== 'image-b2.civitai.com';
}

/** True for hosts media may be fetched from: the site's image hosts, and this machine when the API is there. */
export function isMediaHost(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (isLoopbackUrl(url)) return isLoopbackUrl(apiUrl);
  return protocol === 'https:' && MEDIA_HOSTS.has(hostname);
}
