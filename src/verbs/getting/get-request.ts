import { join, resolve } from 'node:path';
import { parseDate } from '../../base/dates.ts';
import { UserError } from '../../base/errors.ts';
import { aria2, USUAL_ARIA2 } from '../../archive/download/aria2.ts';
import type { Downloader } from '../../archive/download/downloader.ts';
import { idm, USUAL_IDM } from '../../archive/download/idm.ts';
import { parseFileChoice, parseVersionChoice } from '../../archive/download/choose-files.ts';
import type { Choices } from '../../archive/download/resolver.ts';
import type { Asked } from '../../archive/download/asked.ts';
import type { UsersRoots } from '../../archive/users/arrange-wants.ts';
import { POSTS_FOLDER, USERS_FOLDER } from '../../profiles/users.ts';
import type { Unwanted } from '../../archive/download/want.ts';
import type { PreviewWish } from '../../archive/plan-previews.ts';
import { checkFolder } from '../../library/root.ts';
import type { Deps } from '../deps.ts';
import { flagOption, numberOption, textOption } from '../option.ts';
import type { Input } from '../option.ts';
import { readTargets } from './read-targets.ts';

/** What `get` was asked to do. */
export interface GetRequest {
  readonly asked: readonly Asked[];
  /** Lines of list files that mean nothing. */
  readonly unread: readonly Unwanted[];
  /** Absolute. */
  readonly output: string;
  /** True when nobody named the output. */
  readonly isUsualOutput: boolean;
  readonly choices: Choices;
  readonly media: PreviewWish;
  readonly retryFailed: boolean;
  /** Walk lists from end to end, and those that may miss things twice. */
  readonly complete: boolean;
  readonly atOnce: number;
  /** Bytes a second; `undefined` for no limit. */
  readonly limitRate: number | undefined;
  /** Another program that brings the bytes; ours when it is `undefined`. */
  readonly downloader: Downloader | undefined;
  /** The file that a list for another program is written to, absolute; nothing is fetched then. */
  readonly exportList: string | undefined;
  /** Where creators and posts have their folders; `undefined` unless the profile is `users`. */
  readonly users: UsersRoots | undefined;
  /** With that profile, whether versions are told of in the folder of their creator or of their model. */
  readonly metaPlace: 'creator' | 'model';
  /** A second folder for LoRAs, absolute. */
  readonly loraCopies: string | undefined;
  /** Questions under way at once where one target does not wait for another. */
  readonly asksAtOnce: number;
  /** The folder of the prompt lists, absolute; the usual one when it is `undefined`. */
  readonly lists: string | undefined;
}

const MOST_AT_ONCE = 32;

/** Reads it; asks for a target on a terminal when there is none. `undefined` when none was given. Throws UserError. */
export async function readGetRequest(deps: Deps, input: Input): Promise<GetRequest | undefined> {
  const retryFailed = flagOption(input, 'retry-failed');
  const choices = readChoices(input);
  const given = await givenTargets(deps, input, retryFailed);
  if (given.length === 0 && !retryFailed) return undefined;
  const output = resolve(deps.cwd, textOption(input, 'output') ?? 'models');
  checkFolder(output);
  const list = textOption(input, 'export-list');
  const media = textOption(input, 'media') ?? 'first';
  return {
    ...(await readTargets(given, deps)),
    output,
    isUsualOutput: textOption(input, 'output') === undefined,
    choices,
    media: media === 'none' || media === 'all' ? media : 'first',
    retryFailed,
    complete: flagOption(input, 'complete'),
    atOnce: readAtOnce(input, 'at-once', 4),
    asksAtOnce: readAtOnce(input, 'metadata-at-once', 1),
    limitRate: readRate(textOption(input, 'limit-rate')),
    downloader: readDownloader(input),
    exportList: list === undefined ? undefined : resolve(deps.cwd, list),
    users: readRoots(deps, input, output),
    metaPlace: textOption(input, 'model-meta') === 'model' ? 'model' : 'creator',
    loraCopies: outputOption(deps, input, 'lora-copies'),
    lists: folderOption(deps, input, 'lists'),
  };
}

/** Throws UserError when one of the folders can't be one. */
function readRoots(deps: Deps, input: Input, output: string): UsersRoots | undefined {
  if (textOption(input, 'profile') !== 'users') return undefined;
  const [users, posts] = [outputOption(deps, input, 'users-root'), outputOption(deps, input, 'posts-root')];
  return {
    output,
    users: users ?? join(output, USERS_FOLDER),
    posts: posts ?? join(output, POSTS_FOLDER),
  };
}

/** A folder that is written into. Throws UserError when it can't be. */
function outputOption(deps: Deps, input: Input, name: string): string | undefined {
  const folder = folderOption(deps, input, name);
  if (folder !== undefined) checkFolder(folder);
  return folder;
}

function folderOption(deps: Deps, input: Input, name: string): string | undefined {
  const said = textOption(input, name);
  return said === undefined ? undefined : resolve(deps.cwd, said);
}

function readAtOnce(input: Input, name: string, usual: number): number {
  const number = numberOption(input, name) ?? usual;
  if (!Number.isInteger(number) || number < 1 || number > MOST_AT_ONCE)
    throw bad(`--${name} takes a number from 1 to ${MOST_AT_ONCE}, not ${number}.`);
  return number;
}

async function givenTargets(deps: Deps, input: Input, retryFailed: boolean): Promise<readonly string[]> {
  const given = input.arguments.filter((text) => text.trim() !== '');
  if (given.length > 0 || retryFailed) return given;
  const answer = await deps.terminal.ask?.('Which model? An address, AIR, hash or id:');
  return answer === undefined ? [] : [answer];
}

/** A tag may be on a hundred thousand models: who means all of them says so. */
const USUAL_LIMIT = 100;

function readChoices(input: Input): Choices {
  const versions = textOption(input, 'versions') ?? 'latest';
  const files = textOption(input, 'files') ?? 'primary';
  const since = textOption(input, 'since');
  const [versionChoice, fileChoice] = [parseVersionChoice(versions), parseFileChoice(files)];
  if (versionChoice === undefined) throw bad(`--versions takes latest, all or base:NAME, not "${versions}".`);
  if (fileChoice === undefined)
    throw bad(`--files takes primary, all, or words such as vae or model+fp16, not "${files}".`);
  const sinceMs = since === undefined ? undefined : parseDate(since);
  if (since !== undefined && sinceMs === undefined)
    throw bad(`--since takes a date such as 2026-01-31, not "${since}".`);
  const limit = numberOption(input, 'limit') ?? USUAL_LIMIT;
  if (!Number.isInteger(limit) || limit < 0) throw bad(`--limit takes a number of models, not ${limit}.`);
  return { versions: versionChoice, files: fileChoice, since: sinceMs, limit };
}

/** aria2 has its secret from the environment: arguments can be seen by everybody on a machine. */
function readDownloader(input: Input): Downloader | undefined {
  const name = textOption(input, 'downloader') ?? 'built-in';
  if (name === 'aria2')
    return aria2(textOption(input, 'aria2-url') ?? USUAL_ARIA2, process.env['CIVITARIUM_ARIA2_SECRET']);
  if (name === 'idm') return idm(textOption(input, 'idm-program') ?? USUAL_IDM, process.platform);
  return undefined;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function readRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*([kmg]?)(?:i?b)?(?:\/s)?$/i.exec(text.trim());
  const rate = Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toLowerCase()] ?? Number.NaN);
  if (match === null || !(rate >= 1))
    throw bad(`--limit-rate takes a size such as 500K or 2M, not "${text}".`);
  return rate;
}

function bad(message: string): UserError {
  return new UserError(message, { code: 'bad-argument', next: 'civitarium help get' });
}
