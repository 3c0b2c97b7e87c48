import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';
import { unit } from '../world/random.ts';
import type { WorldFile, WorldModel, WorldVersion } from '../world/types.ts';
import { chooseFile } from './downloads-choose.ts';
import type { FileWish } from './downloads-choose.ts';
import { sitePages } from './downloads-pages.ts';
import { signedUrl, storageRoutes } from './downloads-storage.ts';
import { prettyFailure, readQuery } from './query.ts';

export interface DownloadOptions {
  /** Downloads of one user, or of all without a key together, in any 24 hours of the world. Default no limit. */
  readonly perDay?: number;
  /** How long a signed link is good, in seconds of the world. Default a day. */
  readonly linkSeconds?: number;
  /** Share of versions whose links by type and precision lead nowhere, while `fileId` works. Default 0.05. */
  readonly brokenLinks?: number;
  /** A site-wide switch: no download without a key. Default false. */
  readonly needsKey?: boolean;
}

const DAY_MS = 86_400_000;
const BROWSER = /mozilla|chrome|safari|firefox|opera|edge/i;

/** Download links, the store they lead to, and the pages that browsers are sent to instead. */
export function downloadRoutes(options: DownloadOptions = {}): Route[] {
  const taken = new Map<string, number[]>();
  return [
    {
      method: 'GET',
      pattern: '/api/download/models/:id',
      endpoint: 'download/models/:id',
      access: 'none',
      respond: (ask) => download(ask, options, taken),
    },
    {
      method: 'GET',
      pattern: '/api/download/training-data/:id',
      endpoint: 'download/training-data/:id',
      access: 'none',
      respond: (ask) => ({
        status: 308,
        headers: { location: `/api/download/models/${ask.params['id'] ?? ''}?type=Training%20Data` },
      }),
    },
    ...storageRoutes(),
    ...sitePages(),
  ];
}

function download(ask: Ask, options: DownloadOptions, taken: Map<string, number[]>): Answer {
  const { answer, page } = outcome(ask, options, taken);
  const kept = { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } };
  const refused = answer.status >= 400;
  return refused && BROWSER.test(ask.headers['user-agent'] ?? '') ? forBrowser(kept, page) : kept;
}

/** An answer, and the page of the site a browser is sent to when it is a refusal. */
interface Outcome {
  readonly answer: Answer;
  readonly page?: string;
}

function outcome(ask: Ask, options: DownloadOptions, taken: Map<string, number[]>): Outcome {
  // Tested before anything else, parameters and access included.
  if (tooMany(ask, options.perDay ?? Infinity, taken)) {
    return {
      answer: failure(429, "We've noticed an unusual amount of downloading. Please come back tomorrow."),
    };
  }
  const wish = wishOf(ask);
  if (!('fileId' in wish)) return { answer: wish };
  const version = ask.world.version(Number(ask.params['id']));
  const model = version === undefined ? undefined : ask.world.modelOf(version.id);
  const shown = model?.status === 'Published' && version?.status === 'Published';
  if (version === undefined || model === undefined || !shown || model.poi) return notFound();
  const refused = refusal(ask, options, model, version);
  if (refused !== undefined) return refused;
  const file = fileFor(ask, options, version, wish);
  if (file === undefined) return notFound();
  const location = signedUrl(ask.origin, ask.world, file, ask.now, options.linkSeconds ?? 86_400);
  return { answer: { status: 307, headers: { location } } };
}

function notFound(): Outcome {
  return { answer: failure(404, 'File not found') };
}

function tooMany(ask: Ask, perDay: number, taken: Map<string, number[]>): boolean {
  const who = ask.session === undefined ? 'anonymous' : String(ask.session.userId);
  const times = (taken.get(who) ?? []).filter((time) => ask.now - time < DAY_MS);
  if (times.length >= perDay) return true;
  if (perDay !== Infinity) taken.set(who, [...times, ask.now]);
  return false;
}

function wishOf(ask: Ask): FileWish | Answer {
  const read = readQuery(new URLSearchParams([...ask.query, ['id', ask.params['id'] ?? '']]));
  read.int('id', 1, 2_147_483_647);
  const fileId = read.int('fileId', 1, 2_147_483_647);
  for (const name of ['fp', 'quantType']) {
    if ((read.text(name)?.length ?? 0) > 64) {
      read.issues.push({ code: 'too_big', path: [name], message: 'Too big: expected 64 characters at most' });
    }
  }
  if (read.issues.length > 0) return prettyFailure(read.issues);
  return {
    fileId,
    type: read.text('type'),
    format: read.text('format'),
    size: read.text('size'),
    fp: read.text('fp'),
    quantType: read.text('quantType'),
  };
}

function refusal(
  ask: Ask,
  options: DownloadOptions,
  model: WorldModel,
  version: WorldVersion,
): Outcome | undefined {
  if (model.mode === 'Archived')
    return { answer: failure(410, 'Model archived, not available for download') };
  const login = `/login?returnUrl=${encodeURIComponent(`/models/${model.id}`)}&reason=download-auth`;
  const unauthorized = (why: string): Outcome => ({
    answer: json(401, { error: 'Unauthorized', message: `The creator of this asset ${why}` }),
    page: login,
  });
  if (version.usageControl !== 'Download') return unauthorized('has disabled downloads on this file');
  if ((version.requireAuth || options.needsKey === true) && ask.session === undefined) {
    return unauthorized('requires you to be logged in to download it');
  }
  const paidUntil = version.earlyAccessUntil ?? 0;
  if (paidUntil <= ask.now) return undefined;
  const deadline = new Date(paidUntil).toISOString();
  const message =
    'This asset is in Early Access. You need to purchase it to download it before the deadline.';
  return {
    answer: json(403, { error: 'Early Access', deadline, message }),
    page: `/models/${model.id}?modelVersionId=${version.id}`,
  };
}

function fileFor(
  ask: Ask,
  options: DownloadOptions,
  version: WorldVersion,
  wish: FileWish,
): WorldFile | undefined {
  const broken = unit(ask.world.seed, version.id, 91) < (options.brokenLinks ?? 0.05);
  if (broken && wish.fileId === undefined && wish.type !== undefined) return undefined;
  const open = version.files.filter((file) => file.visibility === 'Public');
  return chooseFile(open, wish);
}

/** Programs that look like browsers get pages and texts, and never a JSON refusal. */
function forBrowser(answer: Answer, page: string | undefined): Answer {
  if (page !== undefined) return { status: 302, headers: { location: page, 'cache-control': 'no-store' } };
  const body = answer.json as { error?: unknown } | undefined;
  return { status: answer.status, headers: { 'cache-control': 'no-store' }, text: String(body?.error ?? '') };
}
