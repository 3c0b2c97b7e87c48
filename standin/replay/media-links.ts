import { isRecord } from '../../src/base/json.ts';

/** First segment of pictures of hosts other than the site's. */
export const ELSEWHERE = '/elsewhere';

/**
 * The same path on `origin`: pictures of the site keep theirs, those of other hosts lie below `/elsewhere/HOST`.
 * Anything that is no http address comes back as it is.
 */
export function mediaLink(address: string, origin: string): string {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return address;
  const url = new URL(address);
  const path = `${url.pathname}${url.search}`;
  const ofSite = /(?:^|\.)civitai\.(?:com|red)$/i.test(url.hostname) && url.pathname.startsWith('/xG1');
  return ofSite ? `${origin}${path}` : `${origin}${ELSEWHERE}/${url.hostname}${path}`;
}

/** Turns the picture links of a model (also its creator's and its versions') to `origin`, in place. */
export function relinkModel(model: Record<string, unknown>, origin: string): void {
  relinkField(model['creator'], 'image', origin);
  for (const version of arrayOf(model['modelVersions'])) relinkVersion(version, origin);
  // Some recordings of 2022 carry pictures at the model itself.
  relinkVersion(model, origin);
}

/** Turns the picture links of a version to `origin`, in place. */
export function relinkVersion(version: unknown, origin: string): void {
  if (!isRecord(version)) return;
  for (const image of arrayOf(version['images'])) relinkField(image, 'url', origin);
}

function relinkField(holder: unknown, key: string, origin: string): void {
  if (!isRecord(holder)) return;
  const address = holder[key];
  if (typeof address === 'string') holder[key] = mediaLink(address, origin);
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
