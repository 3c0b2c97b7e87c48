import { formatCount } from '../base/bytes.ts';
import type { Catalog } from '../catalog/open.ts';
import type { Deps } from './deps.ts';
import { withCatalogRoots } from './scanning/catalog-roots.ts';
import type { CatalogRoots } from './scanning/catalog-roots.ts';
import type { LibraryJob } from './scanning/library-job.ts';
import { endAsBefore, unsettle } from './scanning/settle.ts';
import { writeLibrary } from './scanning/write-library.ts';
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
  ],
  arguments: [{ name: 'path', many: true, required: false, summary: 'folders that were scanned before' }],
  options: [
    {
      name: 'profile',
      kind: 'text',
      value: 'NAME',
      choices: ['beside', 'collected'],
      summary: 'where things are written (default beside)',
    },
    {
      name: 'output',
      kind: 'text',
      value: 'DIR',
      summary: 'folder for the gallery, or for everything with --profile collected',
    },
  ],
  async run(deps, input) {
    const catalog = await deps.catalog();
    const profile = textOption(input, 'profile') === 'collected' ? 'collected' : 'beside';
    const request = { images: 'none', profile, output: textOption(input, 'output') } as const;
    return await withCatalogRoots(
      deps,
      catalog,
      { paths: input.arguments, output: request.output },
      (found) => rewrite(deps, catalog, found, request),
    );
  },
};

async function rewrite(
  deps: Deps,
  catalog: Catalog,
  { roots, stocks, absent }: CatalogRoots,
  request: LibraryJob['request'],
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
  const done = await writeLibrary(deps, catalog, {
    roots,
    stocks,
    request,
    touched: new Set(files.map((file) => file.fileId)),
    online: false,
  });
  await endAsBefore(catalog, roots);
  return {
    counts: {
      total: done.pages,
      written: done.written,
      unchanged: Math.max(0, done.pages - done.written),
      failed: done.failures.length,
    },
    warnings: [...warnings, ...done.warnings],
    failures: done.failures,
    exitCode: done.failures.length > 0 ? 3 : 0,
    summary: [
      '',
      `${formatCount(done.pages)} pages, ${formatCount(done.written)} files written`,
      ...done.galleries.map((path) => `Gallery  ${path}`),
    ],
    data: { galleries: done.galleries },
  };
}
