import { sampleKeys } from './access.ts';
import type { Keys } from './access.ts';
import { makeEdge, noEdge } from './edge.ts';
import { makeFaults } from './faults.ts';
import type { FaultSwitch } from './faults.ts';
import { watchManners } from './manners.ts';
import type { MannersOptions } from './manners.ts';
import { makeGallery } from './pictures/gallery.ts';
import type { PictureKind } from './pictures/gallery.ts';
import { indexFolder } from './replay/index-folder.ts';
import { replayRoutes } from './replay/routes.ts';
import type { Ask, FaultPlan, Route } from './route.ts';
import { controlRoutes } from './routes/control.ts';
import type { DownloadOptions } from './routes/downloads.ts';
import type { FeedOddities } from './routes/feed.ts';
import { siteRoutes } from './routes/table.ts';
import { listen } from './server.ts';
import type { AskRecord } from './server.ts';
import { virtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { World } from './world/types.ts';
import { makeWorld } from './world/world.ts';
import type { WorldOptions } from './world/world.ts';

export interface StandinOptions extends WorldOptions {
  /** A world made already; its options are then not looked at. */
  readonly world?: World;
  /** 0, the default, takes any free port. Always on 127.0.0.1. */
  readonly port?: number;
  /** Virtual ms in a real one; default 1. The clock begins at the world's start. */
  readonly speed?: number;
  /** What goes wrong, in the language of fault-spec.ts; default nothing. */
  readonly faults?: string;
  /** What to hold against clients; see manners.ts. */
  readonly manners?: MannersOptions;
  /** Keys and their owners; default one sample key. */
  readonly keys?: Keys;
  /** False lets every answer be fresh: no edge, no cache at the site. Default true. */
  readonly cache?: boolean;
  /** Default drawn scenes; a number of bytes gives cheap JPEGs of that size, for benchmarks. */
  readonly pictures?: PictureKind;
  /** Whether the image CDN redirects to the store behind it; default false. */
  readonly redirectMedia?: boolean;
  /** How odd the image feed is; default a few empty pages. */
  readonly feed?: FeedOddities;
  /** Limits and oddities of download links. */
  readonly downloads?: DownloadOptions;
  /** Told of each request before it is answered, so that the world can change in the middle of a walk. */
  readonly onAsk?: (ask: Pick<Ask, 'endpoint' | 'url'>) => void;
  /** A folder of recorded answers to serve before the made-up world. */
  readonly replay?: string;
}

/** A running stand-in. */
export interface Standin {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** What `--api-url` wants: origin and `/api/v1`. */
  readonly apiUrl: string;
  readonly world: World;
  readonly clock: VirtualClock;
  readonly faults: FaultSwitch;
  /** Requests by endpoint since the start or the last reset; `/standin/…` apart. */
  requests(): Readonly<Record<string, number>>;
  /** The last requests one by one, oldest first. */
  asks(): readonly AskRecord[];
  /** What clients did that they should not. */
  problems(): readonly string[];
  /** Forgets counts, problems, caches and the history of faults; the world and its clock stay. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts a stand-in for Civitai on loopback. */
export async function startStandin(options: StandinOptions = {}): Promise<Standin> {
  const world = options.world ?? makeWorld(worldOptions(options));
  const clock = virtualClock({ start: world.startedAt, speed: options.speed ?? 1 });
  const cache = options.cache ?? true;
  const edge = cache ? makeEdge() : noEdge;
  const faults = makeFaults(options.faults ?? '', { seed: world.seed });
  const manners = watchManners(options.manners);
  const gallery = makeGallery(options.pictures ?? 'drawn');
  const recorded = options.replay === undefined ? undefined : await indexFolder(options.replay);
  const late = { requests: (): Readonly<Record<string, number>> => ({}), reset: (): void => undefined };
  const routes: Route[] = [
    ...controlRoutes({
      requests: () => late.requests(),
      problems: () => manners.problems(),
      reset: () => late.reset(),
      advance: (ms) => clock.advance(ms),
      faults: (spec) => faults.use(spec),
    }),
    ...(recorded === undefined ? [] : replayRoutes(recorded)),
    ...siteRoutes({
      gallery,
      redirectMedia: options.redirectMedia ?? false,
      originCache: cache,
      feed: options.feed,
      downloads: options.downloads,
    }),
  ];
  const told: FaultPlan = {
    ...faults,
    before(ask) {
      options.onAsk?.(ask);
      return faults.before(ask);
    },
  };
  const parts = { world, clock, routes, keys: options.keys ?? sampleKeys(), edge, faults: told, manners };
  const listening = await listen(parts, options.port ?? 0);
  const requests = (): Readonly<Record<string, number>> => {
    const { control: _control, ...others } = listening.requests();
    return others;
  };
  const reset = (): void => {
    listening.reset();
    edge.clear();
    faults.reset();
    manners.reset();
  };
  Object.assign(late, { requests, reset });
  return {
    origin: listening.origin,
    apiUrl: `${listening.origin}/api/v1`,
    world,
    clock,
    faults,
    requests,
    asks: () => listening.asks().filter((ask) => ask.endpoint !== 'control'),
    problems: () => manners.problems(),
    reset,
    close: () => listening.close(),
  };
}

/** A replay needs no made-up world unless one is asked for. */
function worldOptions(options: StandinOptions): WorldOptions {
  return options.replay === undefined
    ? options
    : { ...options, models: options.models ?? 0, images: options.images ?? 0 };
}
