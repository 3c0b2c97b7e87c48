import { foldName, nameHash, safeName } from '../profiles/file-name.ts';

/** The image gallery and the page of any one image, in `gallery.files/`. */
export const IMAGES_PAGE = 'images.html';
export const IMAGE_PAGE = 'image.html';

/** The page of a post, in `gallery.files/`. */
export function postFile(postId: number): string {
  return `posts/${postId}.html`;
}

/** Names as the site gives them; what a plain one never holds is the dash. */
const PLAIN = /^[a-z0-9_]{1,64}$/;

/** The page of a creator, in `gallery.files/`: by the name where that is a good file name everywhere, else by its hash too. */
export function creatorFile(creator: string): string {
  const key = foldName(creator);
  if (PLAIN.test(key) && safeName(key) === key) return `creators/${key}.html`;
  const start = key.replaceAll(/[^a-z0-9_]+/g, '').slice(0, 24);
  return `creators/${start}-${nameHash(key)}.html`;
}

/** Data of images stands in as many files: what is shown at once, what search reads, and the rest. */
export function imageFiles(kind: 'cards' | 'texts' | 'details', index: number): string {
  return `image-${kind}-${index + 1}.js`;
}

/** Where a model page finds the images made with its version: a file has many versions, a library few such files. */
export function madeFile(versionId: number): string {
  return `made-with-${versionId % 16}.js`;
}

/** A version as facets call it: two of one name stay two. */
export function versionLabel(label: string, id: number, isTaken: boolean): string {
  return isTaken ? `${label} (${id})` : label;
}
