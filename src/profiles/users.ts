import { safeName } from './file-name.ts';

/** Names of the profile `users`: one folder a creator, in it one a model; and one a post. */

/** The folders at the top, unless others are named. */
export const USERS_FOLDER = 'Users';
export const POSTS_FOLDER = 'Posts';
export const LOGS_FOLDER = 'download_logs';

/** Bytes of a folder's name: below it lie files with names of their own, and some systems count whole paths. */
const MOST_BYTES = 100;
/** In one folder with those of the models. */
const META_NAME = /^model_meta_v\d+\.(?:json|txt)$/i;

/** The folder of a creator. */
export function creatorFolder(username: string | undefined): string {
  return named(username ?? '', 'nobody');
}

/** The folder of a model among those of its creator. */
export function modelFolder(name: string, id: number): string {
  const said = named(name, `Model_${id}`);
  return META_NAME.test(said) ? `_${said}` : said;
}

/** The folder of a post: its title, where the site gives one. */
export function postFolder(title: string | undefined, id: number): string {
  return named(title ?? '', `Post_${id}`);
}

/** The name for one of two that would have the same. */
export function toldApart(name: string, id: string, count: number): string {
  return count === 1 ? `${name} (${id})` : `${name} (${id}, ${count})`;
}

function named(text: string, fallback: string): string {
  return safeName(text.replaceAll(/\s+/g, ' '), { maxBytes: MOST_BYTES, fallback });
}

/** What is said of a version, as JSON and as text. */
export function modelMetaNames(versionId: number): { readonly json: string; readonly text: string } {
  return { json: `model_meta_v${versionId}.json`, text: `model_meta_v${versionId}.txt` };
}

/** The log of what came of a creator and what did not, below the output. */
export function downloadLogNames(folder: string): { readonly json: string; readonly text: string } {
  const base = `${LOGS_FOLDER}/${folder}/${folder}_download_log`;
  return { json: `${base}.json`, text: `${base}.txt` };
}
