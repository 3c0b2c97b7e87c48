import { dirname, join, resolve } from 'node:path';
import { isRecord } from '../../base/json.ts';
import { nextDue } from '../../archive/count-states.ts';
import { isCutShort, walkTarget } from '../../archive/take-stock.ts';
import type { WalkedRoot } from '../../archive/take-stock.ts';
import type { Catalog } from '../../catalog/open.ts';
import { settleRoot, unsettleRoot } from '../../catalog/root.ts';
import type { Deps, Settings } from '../deps.ts';
import { isSameLayout, layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { configuredGallery } from './layout-configured.ts';
import type { ScanRequest } from './scan-request.ts';

/** Raise it when what is written changes, so that the next scan writes everything anew. */
const VERSION = 3;

/** What a scan's result depends on besides the tree: the same text means the same files would be written. */
export function settingsKey(settings: Settings, request: ScanRequest): string {
  const { images, sidecars } = request;
  const { browsingLevel, hashKinds, indexSort } = settings;
  return JSON.stringify({
    ...layoutKey(request),
    ...(request.jobKey === undefined ? {} : { job: request.jobKey }),
    images,
    ...(sidecars.length === 0 ? {} : { sidecars }),
    browsingLevel,
    hashKinds,
    ...(indexSort === undefined ? {} : { indexSort }),
    site: new URL(settings.apiUrl).origin,
  });
}

/** True when the index of a root's last scan sorts as the settings say now. */
export function isSortedSo({ root }: Pick<WalkedRoot, 'root'>, { indexSort }: Settings): boolean {
  const before: unknown = root.settings?.startsWith('{') === true ? JSON.parse(root.settings) : undefined;
  return !isRecord(before) || before['indexSort'] === indexSort;
}

function layoutKey({ profile, output, configured }: Layout): { version: number } & Layout {
  return { version: VERSION, profile, output, configured };
}

/** True when the last complete scan left this very tree, with these settings, and no answer has fallen due since. */
export function isSettled({ root, walk }: WalkedRoot, key: string, now: number): boolean {
  if (!walk.isComplete) return false;
  return root.digest === walk.digest && root.settings === key && (root.due_at === null || root.due_at > now);
}

/** Records that work on some roots begins: a run that does not come to its end has the next one write everything anew. */
export async function unsettle(catalog: Catalog, roots: readonly WalkedRoot[]): Promise<void> {
  for (const { root } of roots) await unsettleRoot(catalog, root.id);
}

/** Records that a root is as a complete scan leaves it, unless somebody changed a model file while it ran. */
export async function settle(
  deps: Deps,
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  request: ScanRequest,
  key: string,
): Promise<void> {
  for (const walked of roots) {
    const { root, target, walk } = walked;
    // The scan wrote files itself, so the digest is of another look.
    const after =
      walk.isComplete && !request.onlyNew ? await walkTarget(target, { signal: deps.signal }) : undefined;
    if (after === undefined || modelFiles(after) !== modelFiles(walk))
      await endIncomplete(catalog, [walked], request);
    else
      await settleRoot(catalog, root.id, {
        digest: after.digest,
        settings: key,
        dueAt: await nextDue(catalog, root.id),
      });
  }
}

/**
 * Records that work on some roots came to its end, written in this layout, but that there is more to do: the next scan
 * looks at everything, and writes what it finds changed. A root of which only some files were looked at stays as it was.
 */
export async function endIncomplete(
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  layout: Layout,
): Promise<void> {
  for (const walked of roots) {
    const { root, walk } = walked;
    if (!walk.isComplete && isCutShort(walked)) continue;
    const written = walk.isComplete ? layout : (layoutOf(root) ?? layout);
    await settleRoot(catalog, root.id, {
      digest: root.digest ?? walk.digest,
      settings: JSON.stringify(layoutKey(written)),
      dueAt: ALREADY,
    });
  }
}

/** Due since ever. */
const ALREADY = 0;

/**
 * Records that work on some roots came to its end that learned nothing new: they are as settled as they were, or as cut
 * short, for only a scan finds out what is still to be decided.
 */
export async function endAsBefore(
  catalog: Catalog,
  roots: readonly WalkedRoot[],
  layout: Layout,
): Promise<void> {
  for (const walked of roots) {
    const { digest, settings, due_at: dueAt, id } = walked.root;
    if (digest === null || settings === null) continue;
    if (!isSameLayout(layoutOf(walked.root), layout)) await endIncomplete(catalog, [walked], layout);
    else await settleRoot(catalog, id, { digest, settings, dueAt: dueAt ?? undefined });
  }
}

function modelFiles(walk: WalkedRoot['walk']): string {
  return walk.files
    .map((file) => `${file.path}\0${file.size}\0${file.mtimeNs}\0${file.ctimeNs}\0${file.inode}`)
    .join('\n');
}

/** The folder of a root's gallery, absolute. */
export function galleryFolder(
  root: string,
  request: Pick<Layout, 'output' | 'configured'>,
  cwd: string,
): string {
  return dirname(galleryPage(root, request, cwd));
}

/** The page of a root's gallery, absolute; where none is wanted, what tells the gallery's side files. */
export function galleryPage(
  root: string,
  request: Pick<Layout, 'output' | 'configured'>,
  cwd: string,
): string {
  const page = request.configured === undefined ? undefined : configuredGallery(request.configured, root);
  return page ?? join(request.output === undefined ? root : resolve(cwd, request.output), 'gallery.html');
}
