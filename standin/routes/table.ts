import type { Gallery } from '../pictures/gallery-shape.ts';
import type { Route } from '../route.ts';
import { accountRoutes } from './account.ts';
import { byHashRoutes } from './by-hash.ts';
import { downloadRoutes } from './downloads.ts';
import type { DownloadOptions } from './downloads.ts';
import { feedRoutes } from './feed.ts';
import type { FeedOddities } from './feed.ts';
import { listingRoutes } from './listings.ts';
import { mediaRoutes } from './media.ts';
import { modelRoutes } from './models.ts';
import { postRoutes } from './posts.ts';
import { tensorRoutes } from './tensors.ts';
import { trpcRoutes } from './trpc.ts';
import { versionRoutes } from './versions.ts';

export interface TableOptions {
  readonly gallery: Gallery;
  readonly redirectMedia: boolean;
  /** Whether the site keeps answers of its own for a while. */
  readonly originCache: boolean;
  readonly feed?: FeedOddities | undefined;
  readonly downloads?: DownloadOptions | undefined;
}

/** Every endpoint of the site. */
export function siteRoutes(options: TableOptions): Route[] {
  return [
    ...modelRoutes(options.originCache),
    ...byHashRoutes(),
    ...versionRoutes(),
    ...tensorRoutes(),
    ...feedRoutes(options.feed),
    ...postRoutes(),
    ...trpcRoutes(),
    ...accountRoutes(),
    ...listingRoutes(),
    ...downloadRoutes(options.downloads),
    ...mediaRoutes({ gallery: options.gallery, redirect: options.redirectMedia }),
  ];
}
