import { json } from '../route.ts';
import type { Answer, Ask } from '../route.ts';
import type { Recorded, RecordedModel } from './index-folder.ts';
import type { Teller } from './tell.ts';

const MAX_LIMIT = 100;

/** What `GET /models` was asked for, of the parameters that recordings can honour. */
interface Wanted {
  readonly ids: ReadonlySet<number> | undefined;
  readonly username: string | undefined;
  readonly types: readonly string[];
  readonly mature: boolean;
  readonly archived: boolean;
  readonly limit: number;
  /** Only models with higher ids. */
  readonly after: number;
}

/** A page of recorded models by ascending id, with the site's rules of what a list leaves out. */
export async function listModels(recorded: Recorded, teller: Teller, ask: Ask): Promise<Answer> {
  const wanted = wantedOf(ask.query);
  if (typeof wanted === 'string') return zodFailure(wanted);
  const models = wanted.ids === undefined ? [...recorded.models.values()] : some(recorded, wanted.ids);
  const shown = models.filter((model) => isShown(model, wanted)).sort((a, b) => a.id - b.id);
  if (wanted.username !== undefined && !models.some((model) => model.creator === wanted.username)) {
    return json(404, { message: 'User not found' });
  }
  const items = [];
  for (const { id } of shown.slice(0, wanted.limit)) items.push(await teller.model(id, ask.origin));
  return json(200, { items, metadata: metadataOf(ask, shown, wanted.limit) });
}

function metadataOf(ask: Ask, shown: readonly RecordedModel[], limit: number): Record<string, string> {
  const last = shown[limit - 1];
  if (last === undefined || shown.length <= limit) return {};
  const next = new URL(ask.url.pathname + ask.url.search, ask.origin);
  next.searchParams.set('cursor', String(last.id));
  return { nextCursor: String(last.id), nextPage: next.href };
}

function some(recorded: Recorded, ids: ReadonlySet<number>): RecordedModel[] {
  return [...ids].map((id) => recorded.models.get(id)).filter((model) => model !== undefined);
}

/** Archived only when asked for; unrated and real people never; the mature list drops what is flagged as minor. */
function isShown(model: RecordedModel, wanted: Wanted): boolean {
  if (model.id <= wanted.after || model.level === 0 || model.poi) return false;
  if (model.archived && !wanted.archived) return false;
  if (wanted.username !== undefined && model.creator !== wanted.username) return false;
  if (wanted.types.length > 0 && !wanted.types.includes(model.type)) return false;
  return wanted.mature ? !model.minor : (model.level & 1) !== 0;
}

/** The parameters, or the name of the one that can't be. */
function wantedOf(query: URLSearchParams): Wanted | string {
  const limit = Number(query.get('limit') ?? MAX_LIMIT);
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) return 'limit';
  const cursor = query.get('cursor') ?? '0';
  if (!/^\d{1,10}$/.test(cursor)) return 'cursor';
  const nsfw = query.get('nsfw') ?? 'false';
  if (!/^(?:true|false|1|0|yes|no|on|off)$/i.test(nsfw)) return 'nsfw';
  const ids = query.get('ids') ?? undefined;
  if (ids !== undefined && !/^\d{1,10}(?:,\d{1,10})*$/.test(ids)) return 'ids';
  return {
    ids: ids === undefined ? undefined : new Set(ids.split(',').map(Number)),
    username: (query.get('username') ?? undefined)?.toLowerCase(),
    types: query.getAll('types'),
    mature: /^(?:true|1|yes|on)$/i.test(nsfw),
    // Any text is true here, as on the site.
    archived: (query.get('archived') ?? '') !== '',
    limit: Math.max(1, limit),
    after: Number(cursor),
  };
}

function zodFailure(path: string): Answer {
  const issues = [{ code: 'invalid_type', path: [path], message: 'Invalid input' }];
  return json(400, { error: { name: 'ZodError', message: JSON.stringify(issues, undefined, 2) } });
}
