import type { PlannedWant } from '../../archive/download/plan-transfers.ts';
import type { Unwanted, Wants } from '../../archive/download/want.ts';
import { comparableName } from '../../archive/posts/coverage.ts';
import type { Arranged } from '../../archive/users/arrange-wants.ts';
import { openDownloadLogs } from '../../archive/users/write-download-log.ts';
import type { DownloadLogs } from '../../archive/users/write-download-log.ts';
import { writeModelMeta } from '../../archive/users/write-model-meta.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { Deps } from '../deps.ts';
import { refusedWrites } from '../scanning/refused-writes.ts';
import type { Failure } from '../verb.ts';
import type { GetRequest } from './get-request.ts';

/** What the profile `users` wrote about creators and their models. */
export interface DescribedUsers {
  /** Files about versions. */
  readonly metas: number;
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
}

export const NO_USERS: DescribedUsers = { metas: 0, warnings: [], failures: [] };

/** Opens the logs of those whose works are wanted; `undefined` with a profile that has none. */
export async function openLogs(
  deps: Deps,
  catalog: Catalog,
  { users }: GetRequest,
  planned: readonly PlannedWant[],
  unwanted: readonly Unwanted[],
): Promise<DownloadLogs | undefined> {
  const named = planned.flatMap(({ want, row }) => want.belongs?.creator ?? row?.creator ?? []);
  named.push(...unwanted.flatMap(({ version }) => version?.creator ?? []));
  const creators = new Map(named.map((name) => [comparableName(name), name]));
  if (users === undefined || creators.size === 0) return undefined;
  return await openDownloadLogs({
    catalog,
    hostId: await deps.hostId(),
    clock: deps.clock,
    output: users.output,
    outputs: [...new Set([users.output, ...planned.map(({ want }) => want.output)])],
    creators: [...creators.values()].toSorted(),
    unwanted,
  });
}

/** Writes what is said of each version, and the logs for the last time. */
export async function describeUsers(
  deps: Deps,
  catalog: Catalog,
  request: GetRequest,
  told: {
    readonly models: NonNullable<Wants['models']>;
    readonly places: Arranged['places'];
    readonly logs: DownloadLogs | undefined;
  },
): Promise<DescribedUsers> {
  if (request.users === undefined) return NO_USERS;
  const models = [...new Map(told.models.map((item) => [item.value.id, item])).values()];
  const metas = await writeModelMeta(models, told.places, {
    catalog,
    hostId: await deps.hostId(),
    apiOrigin: new URL(deps.settings.apiUrl).origin,
    place: request.metaPlace,
    now: () => deps.clock.now(),
  });
  const logs = await told.logs?.finish();
  return {
    metas: metas.written,
    warnings: [...(logs?.warnings ?? []), ...metas.left.map(leftAlone)],
    failures: [
      ...refusedWrites(metas),
      ...(logs?.failures ?? []).map(({ message, code, next }) => ({
        what: 'the download log',
        code,
        why: message,
        next,
      })),
    ],
  };
}

function leftAlone(path: string): string {
  return `${path} is yours and stays as it is.`;
}
