import { localUrl } from './document.ts';

/** How a page reaches what stands around it. Every url is relative to the page and percent-encoded. */
export interface PageLinks {
  /** `gallery.files/`, ending in a slash. */
  readonly assets: string;
  /** The gallery document; `undefined` when none was written. */
  readonly gallery: string | undefined;
  hrefOf(absolutePath: string): string;
  /** The page of another library file, by the file's absolute path. */
  pageOf(absoluteModelPath: string): string | undefined;
  /** The page of a library file of this version, when one is held. */
  pageOfVersion?(versionId: number): string | undefined;
  /** A still picture of a film, by the film's absolute path; `undefined` when there is none. */
  posterOf?(absoluteFilmPath: string): string | undefined;
  /** A small picture of a held one, by the absolute path of that; `undefined` when there is none. */
  thumbOf?(absolutePath: string): string | undefined;
  /** The pages of a creator and of one image, where the gallery has them. */
  creatorPage?(creator: string): string | undefined;
  imagePage?(imageId: number): string | undefined;
  /** The site's origin, for example `https://civitai.com`. */
  readonly siteUrl: string;
}

/** Url of a local file that can't be read as anything else. */
export function fileUrl(links: PageLinks, absolutePath: string): string {
  return localUrl(links.hrefOf(absolutePath));
}

/** Url of another file's page. */
export function otherPageUrl(links: PageLinks, absoluteModelPath: string | undefined): string | undefined {
  const url = absoluteModelPath === undefined ? undefined : links.pageOf(absoluteModelPath);
  return url === undefined ? undefined : localUrl(url);
}

/** Address on the site, path segments encoded; `undefined` when the site's own address is none. */
export function siteAddress(links: PageLinks, segments: readonly (string | number)[], query = ''): string {
  const origin = /^https?:\/\/[^/]+/.exec(links.siteUrl)?.[0] ?? 'https://civitai.com';
  return `${origin}/${segments.map((segment) => encodeURIComponent(String(segment))).join('/')}${query}`;
}

/** A version's address: by version id, for a model's page alone would show its newest one. */
export function versionAddress(links: PageLinks, modelId: number, versionId: number): string {
  return siteAddress(links, ['models', modelId], `?modelVersionId=${versionId}`);
}
