import { formatCount } from '../base/bytes.ts';
import type { Catalog } from '../catalog/open.ts';
import type { WrittenSidecar } from '../formats/sidecars/written-formats.ts';
import type { Deps } from './deps.ts';
import { endCutMoves } from './organising/end-cut-moves.ts';
import { recorded } from './record-run.ts';
import { withCatalogRoots } from './scanning/catalog-roots.ts';
import type { CatalogRoots } from './scanning/catalog-roots.ts';
import { LAYOUT_OPTIONS, readLayout } from './scanning/layout.ts';
import type { Layout } from './scanning/layout.ts';
import { endAsBefore, unsettle } from './scanning/settle.ts';
import { rootsCollectedIn } from './scanning/roots-collected-in.ts';
import { readSidecarFormats, SIDECARS_OPTION } from './scanning/sidecar-formats.ts';
import { writeByLayout } from './scanning/write-by-layout.ts';
import { homePath } from './summary.ts';
import { textOption } from './option.ts';
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
    SIDECARS_OPTION,
  ],
  async run(deps, input) {
    const request = { layout: readLayout(input, deps.cwd), sidecars: readSidecarFormats(input) };
    const { layout } = request;
    const catalog = await deps.catalog();
    const folder = textOption(input, 'collected-in');
    const paths =
      folder === undefined
        ? input.arguments
        : (await rootsCollectedIn(deps, catalog, folder)).map((root) => root.path);
    await endCutMoves(deps);
    return await recorded(deps, 'pages', input, () =>
      withCatalogRoots(deps, catalog, { paths, layout }, (found) => rewrite(deps, catalog, found, request)),
    );
  },
};

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
