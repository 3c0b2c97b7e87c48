import type { Gallery } from '../pictures/gallery.ts';
import type { Route } from '../route.ts';
import { byHashRoutes } from './by-hash.ts';
import { feedRoutes } from './feed.ts';
import { mediaRoutes } from './media.ts';
import { modelRoutes } from './models.ts';
import { tensorRoutes } from './tensors.ts';
import { versionRoutes } from './versions.ts';

export interface TableOptions {
  readonly gallery: Gallery;
  readonly redirectMedia: boolean;
  /** Whether the site keeps answers of its own for a while. */
  readonly originCache: boolean;
}

/** Every endpoint of the site. */
export function siteRoutes(options: TableOptions): Route[] {
  return [
    ...modelRoutes(options.originCache),
    ...byHashRoutes(),
    ...versionRoutes(),
    ...tensorRoutes(),
    ...feedRoutes(),
    ...mediaRoutes({ gallery: options.gallery, redirect: options.redirectMedia }),
  ];
}
