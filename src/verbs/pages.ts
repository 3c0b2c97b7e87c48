import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatCount } from '../base/bytes.ts';
import { UserError } from '../base/errors.ts';
import type { Catalog } from '../catalog/open.ts';
import { rootsOf } from '../catalog/root.ts';
import type { WrittenSidecar } from '../formats/sidecars/written-formats.ts';
import type { Deps } from './deps.ts';
import { endCutMoves } from './organising/end-cut-moves.ts';
import { recorded } from './record-run.ts';
import { checkRoot } from '../library/root.ts';
import { aloneIn } from './scanning/alone-in.ts';
import { writeImageNotes } from './scanning/write-image-notes.ts';
import { withCatalogRoots } from './scanning/catalog-roots.ts';
import { bareOutputs, writeBare } from './scanning/image-galleries.ts';
import type { ImagesShown } from './scanning/image-galleries.ts';
import type { CatalogRoots } from './scanning/catalog-roots.ts';
import { LAYOUT_OPTIONS, readLayout } from './scanning/layout.ts';
import type { Layout } from './scanning/layout.ts';
import { endAsBefore, unsettle } from './scanning/settle.ts';
import { rootsCollectedIn } from './scanning/roots-collected-in.ts';
import { readSidecarFormats, SIDECARS_OPTION } from './scanning/sidecar-formats.ts';
import { writeByLayout } from './scanning/write-by-layout.ts';
import { homePath } from './summary.ts';
import { flagOption, textOption } from './option.ts';
import type { RunResult, Verb } from './verb.ts';

/** `civitarium pages [PATH...]`: everything written again from the catalog. */
export const pages: Verb = {
  name: 'pages',
  summary: 'rebuild pages from the catalog, without network',
  description:
    'Writes model pages, sidecars and galleries again from what the catalog holds. The site is not asked and no model file is read. Without a path it takes every folder that was ever scanned on this machine and is there now.',
  examples: [
    ['civitarium pages', 'every scanned folder'],
    ['civitarium pages ~/models', 'one of them'],
    ['civitarium pages --sidecars a1111,swarm', 'also write notes for other programs'],
  ],
  arguments: [{ name: 'path', many: true, required: false, summary: 'folders that were scanned before' }],
  options: [
    ...LAYOUT_OPTIONS,
    {
      name: 'collected-in',
      kind: 'text',
      value: 'DIR',
      summary: 'only folders whose models were collected in this one',
    },
    {
      name: 'image-json',
      kind: 'flag',
      summary:
        'with --collected-in: also write what is known of previews beside those that another program left there',
    },
    SIDECARS_OPTION,
  ],
  async run(deps, input) {
    const request = { layout: readLayout(input, deps.cwd), sidecars: readSidecarFormats(input) };
    const { layout } = request;
    const catalog = await deps.catalog();
    const folder = textOption(input, 'collected-in');
    const notesIn = flagOption(input, 'image-json') ? notesFolder(deps, folder) : undefined;
    const paths =
      folder === undefined
        ? input.arguments
        : await collectedPaths(deps, catalog, folder, notesIn !== undefined);
    await endCutMoves(deps);
    return await recorded(deps, 'pages', input, async () => {
      const bare = folder === undefined ? await bareOutputs(deps, catalog, input.arguments) : [];
      const roots = await rootsToWrite(deps, catalog, paths, bare);
      const work = { paths: roots ?? [], layout };
      const written =
        roots === undefined
          ? undefined
          : await withCatalogRoots(deps, catalog, work, (found) => rewrite(deps, catalog, found, request));
      const result = await withBare(deps, catalog, bare, written);
      return notesIn === undefined ? (result ?? NO_PAGES) : await withNotes(deps, catalog, notesIn, result);
    });
  },
};

/** The folders of models among those that were named, all when none was; `undefined` where only folders of images are meant. */
async function rootsToWrite(
  deps: Deps,
  catalog: Catalog,
  paths: readonly string[] | undefined,
  bare: readonly string[],
): Promise<readonly string[] | undefined> {
  if (paths === undefined || bare.length === 0) return paths;
  if (paths.length === 0)
    return (await rootsOf(catalog.db, await deps.hostId())).length === 0 ? undefined : paths;
  const models = paths.filter((path) => !bare.includes(resolve(deps.cwd, path)));
  return models.length === 0 ? undefined : models;
}

/** Adds the galleries of folders that hold images and no models. */
async function withBare(
  deps: Deps,
  catalog: Catalog,
  outputs: readonly string[],
  pages: RunResult | undefined,
): Promise<RunResult | undefined> {
  const there = outputs.filter((output) => existsSync(output));
  if (there.length === 0) return pages;
  const before = pages ?? NO_PAGES;
  if (deps.settings.dryRun)
    return { ...before, summary: [...before.summary, `Would look at ${formatCount(there.length)} galleries of images.`] }; // prettier-ignore
  const shown: ImagesShown[] = [];
  for (const output of there) shown.push(await writeBare(deps, catalog, output, false));
  const failures = [...before.failures, ...shown.flatMap((one) => one.failures)];
  const galleries = shown.flatMap((one) => one.galleries);
  const written = shown.reduce((sum, one) => sum + one.written, 0);
  const { files = 0 } = before.counts;
  return {
    ...before,
    counts: { ...before.counts, files: files + written },
    warnings: [...before.warnings, ...shown.flatMap((one) => one.warnings)],
    failures,
    exitCode: failures.length > 0 ? 3 : before.exitCode,
    summary: [
      ...before.summary,
      ...(written > 0 ? [`${formatCount(written)} files of image galleries written`] : []),
      ...galleries.map((path) => `Gallery  ${homePath(path)}`),
    ],
    data: { galleries: [...galleriesIn(before.data), ...galleries] },
  };
}

function galleriesIn(data: RunResult['data']): unknown[] {
  const galleries = data?.['galleries'];
  return Array.isArray(galleries) ? galleries : [];
}

/** Nothing was ever scanned into the folder. */
const NO_PAGES: RunResult = {
  counts: { total: 0, written: 0, unchanged: 0, failed: 0, files: 0 },
  warnings: [],
  failures: [],
  exitCode: 0,
  summary: [],
};

/** Throws UserError. */
function notesFolder(deps: Deps, folder: string | undefined): string {
  if (folder !== undefined) return checkRoot(resolve(deps.cwd, folder)).path;
  throw new UserError('--image-json needs the folder that the previews lie in.', {
    code: 'no-output',
    next: 'Add --collected-in DIR.',
  });
}

/** The folders whose models were collected in one; `undefined` for none where that is enough. */
async function collectedPaths(
  deps: Deps,
  catalog: Catalog,
  folder: string,
  isEnough: boolean,
): Promise<readonly string[] | undefined> {
  try {
    return (await rootsCollectedIn(deps, catalog, folder)).map((root) => root.path);
  } catch (error) {
    if (isEnough && error instanceof UserError && error.code === 'not-scanned') return undefined;
    throw error;
  }
}

async function withNotes(
  deps: Deps,
  catalog: Catalog,
  folder: string,
  pages: RunResult = NO_PAGES,
): Promise<RunResult> {
  const notes = await aloneIn(deps, [folder], () => writeImageNotes(deps, catalog, folder));
  const failures = [...pages.failures, ...notes.failures];
  const { files = 0 } = pages.counts;
  return {
    ...pages,
    counts: { ...pages.counts, files: files + notes.written },
    failures,
    exitCode: failures.length > 0 ? 3 : pages.exitCode,
    summary: [
      ...pages.summary,
      `${formatCount(notes.previews)} previews of another program   ${formatCount(notes.written)} notes ${deps.settings.dryRun ? 'to write' : 'written'} beside them`,
    ],
  };
}

interface Request {
  /** `undefined`: as the last scan wrote them. */
  readonly layout: Layout | undefined;
  readonly sidecars: readonly WrittenSidecar[];
}

async function rewrite(
  deps: Deps,
  catalog: Catalog,
  { roots, stocks, absent, problems }: CatalogRoots,
  { layout, sidecars }: Request,
): Promise<RunResult> {
  const files = [...stocks.values()].flatMap((stock) => stock.files);
  const warnings = absent.map((path) => `${path} is not there and was left out.`);
  if (deps.settings.dryRun) {
    return {
      counts: { total: files.length, written: 0 },
      warnings,
      failures: [],
      exitCode: 0,
      summary: [`Would look at ${formatCount(files.length)} pages in ${roots.length} folders.`],
    };
  }
  await unsettle(catalog, roots);
  const touched = new Set(files.map((file) => Number(file.fileId)));
  const done = await writeByLayout(
    deps,
    catalog,
    { roots, stocks, layout, sidecars, images: 'none', touched, online: false },
    (group, own) => endAsBefore(catalog, group, own),
  );
  const failures = [...problems, ...done.failures];
  return {
    counts: {
      total: done.pages,
      written: done.pagesWritten,
      unchanged: done.pages - done.pagesWritten - done.pagesFailed,
      failed: done.pagesFailed,
      files: done.written,
    },
    warnings: [...warnings, ...done.warnings],
    failures,
    exitCode: failures.length > 0 ? 3 : 0,
    summary: [
      '',
      `${formatCount(done.pages)} pages   ${formatCount(done.written)} files written`,
      ...done.galleries.map((path) => `Gallery  ${homePath(path)}`),
    ],
    data: { galleries: done.galleries },
  };
}
