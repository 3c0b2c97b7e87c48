import { formatCount } from '../base/bytes.ts';
import type { BlobId, FileId, ModelId, Sha256, VersionId } from '../base/ids.ts';
import type { SourceError } from '../base/errors.ts';
import { knownHashes } from '../archive/hash-files.ts';
import type { PreviewWish } from '../archive/plan-previews.ts';
import { refreshKnown, standingsOf } from '../archive/refresh-known.ts';
import type { ModelStanding, Refreshed } from '../archive/refresh-known.ts';
import { ALONE_AFTER_MS } from '../archive/unlisted-models.ts';
import { whatChanged } from '../archive/what-changed.ts';
import type { News } from '../archive/what-changed.ts';
import { historyMark } from '../catalog/change.ts';
import type { Catalog } from '../catalog/open.ts';
import { groupBy, readByKeys } from '../catalog/upsert.ts';
import type { WrittenSidecar } from '../formats/sidecars/written-formats.ts';
import { chooseFor } from '../catalog/candidate.ts';
import type { Deps } from './deps.ts';
import { endCutMoves } from './organising/end-cut-moves.ts';
import { recorded } from './record-run.ts';
import { withCatalogRoots } from './scanning/catalog-roots.ts';
import type { CatalogRoots } from './scanning/catalog-roots.ts';
import { checkKey } from './scanning/check-key.ts';
import { IMAGES_OPTION, LAYOUT_OPTIONS, readImages, readLayout } from './scanning/layout.ts';
import type { Layout } from './scanning/layout.ts';
import { endIncomplete, unsettle } from './scanning/settle.ts';
import { readSidecarFormats, SIDECARS_OPTION } from './scanning/sidecar-formats.ts';
import { writeByLayout } from './scanning/write-by-layout.ts';
import { newsLines, versionUrl } from './updating/news-lines.ts';
import type { Failure, RunResult, Verb } from './verb.ts';

/** `civitarium update [PATH...]`: ask again about everything that is known. */
export const update: Verb = {
  name: 'update',
  summary: 'refresh what is known, whatever its age; say what changed',
  description:
    'Asks Civitai again about every model of the library, a hundred a request, and about files it did not know. Says what changed, field by field, and which newer versions are out; writes only what is new. Models that no list of the site shows cost a request each: they are asked for once in 30 days, or with --force-refresh. What was known is never lost: a model that is gone is kept and counts as removed when two looks, more than 90 minutes apart, miss it.',
  examples: [
    ['civitarium update', 'everything that was ever scanned here'],
    ['civitarium update ~/models/lora --json', 'one folder, for a script'],
  ],
  arguments: [{ name: 'path', many: true, required: false, summary: 'folders that were scanned before' }],
  options: [IMAGES_OPTION, ...LAYOUT_OPTIONS, SIDECARS_OPTION],
  async run(deps, input) {
    const request = {
      images: readImages(input),
      layout: readLayout(input, deps.cwd),
      sidecars: readSidecarFormats(input),
    };
    await endCutMoves(deps);
    return await recorded(deps, 'update', input, () => updateRoots(deps, input.arguments, request));
  },
};

interface Request {
  readonly images: PreviewWish;
  /** `undefined`: as the last scan wrote them. */
  readonly layout: Layout | undefined;
  readonly sidecars: readonly WrittenSidecar[];
}

async function updateRoots(deps: Deps, paths: readonly string[], request: Request): Promise<RunResult> {
  const catalog = await deps.catalog();
  return await withCatalogRoots(deps, catalog, { paths, layout: request.layout }, (found) =>
    updateFound(deps, catalog, found, request),
  );
}

async function updateFound(
  deps: Deps,
  catalog: Catalog,
  { roots, stocks, absent, problems }: CatalogRoots,
  request: Request,
): Promise<RunResult> {
  const files = [...stocks.values()].flatMap((stock) => stock.files);
  const known = await knownHashes(
    catalog,
    files.map((file) => file.fileId),
  );
  const choices = await choicesOf(catalog, known);
  const held = new Map(
    [...groupBy(choices.values(), (choice) => choice.modelId)].map(([modelId, some]) => [
      modelId,
      new Set(some.map((choice) => choice.versionId)),
    ]),
  );
  const models = [...held.keys()];
  const absences = absent.map((path) => `${path} is not there and was left out.`);
  if (deps.settings.dryRun) {
    return {
      counts: { checked: 0, same: 0, changed: 0, removed: 0, unchecked: 0, new_versions: 0 },
      warnings: absences,
      failures: [],
      exitCode: 0,
      summary: [`Would ask about ${formatCount(models.length)} models.`],
    };
  }
  const keyWarnings = await checkKey(deps);
  const startedAt = deps.clock.now();
  const mark = await historyMark(catalog.db);
  await unsettle(catalog, roots);
  const refreshed = await refresh(deps, catalog, models, known);
  const news = await whatChanged(catalog, held, { at: startedAt, mark });
  const touched = new Set([...stocks.values()].flatMap((stock) => [...stock.dirty]));
  for (const [fileId, { sha256 }] of known) {
    const modelId = choices.get(fileId)?.modelId;
    if (refreshed.touched.has(sha256) || (modelId !== undefined && news.models.has(modelId)))
      touched.add(fileId);
  }
  await chooseFor(catalog, [...touched] as FileId[], startedAt);
  const written = await writeByLayout(
    deps,
    catalog,
    { ...request, roots, stocks, touched, online: refreshed.stopped === undefined },
    (group, layout) => endIncomplete(catalog, group, layout),
  );
  return resultOf({
    standings: await standingsOf(catalog, models, startedAt, refreshed.stopped === undefined),
    siteUrl: new URL(deps.settings.apiUrl).origin,
    news,
    written: written.written,
    warnings: [...keyWarnings, ...absences, ...written.warnings],
    failures: [...problems, ...written.failures],
    stopped: refreshed.stopped ?? written.stopped,
  });
}

type Known = Awaited<ReturnType<typeof knownHashes>>;

/** The version that each known file counts as, where there is one. */
async function choicesOf(
  catalog: Catalog,
  known: Known,
): Promise<Map<FileId, { readonly modelId: ModelId; readonly versionId: VersionId }>> {
  const rows = await readByKeys(known.keys(), (some) =>
    catalog.db
      .selectFrom('choice')
      .innerJoin('version', 'version.id', 'choice.version_id')
      .select(['choice.file_id', 'version.id', 'version.model_id'])
      .where('choice.file_id', 'in', some)
      .execute(),
  );
  return new Map(
    rows.map((row) => [
      row.file_id as FileId,
      { modelId: row.model_id as ModelId, versionId: row.id as VersionId },
    ]),
  );
}

async function refresh(
  deps: Deps,
  catalog: Catalog,
  models: readonly ModelId[],
  known: Known,
): Promise<Refreshed> {
  const blobs = new Map<Sha256, BlobId>([...known.values()].map(({ sha256, blobId }) => [sha256, blobId]));
  const phase = deps.progress.phase('Asking Civitai', undefined, 'answers');
  try {
    return await refreshKnown(models, blobs, {
      catalog,
      client: await deps.client(),
      now: () => deps.clock.now(),
      signal: deps.signal,
      phase,
      aloneAfterMs: deps.settings.forceRefresh ? 0 : ALONE_AFTER_MS,
    });
  } finally {
    phase.end();
  }
}

interface Told {
  readonly standings: ReadonlyMap<ModelId, ModelStanding>;
  readonly news: News;
  /** Files written. */
  readonly written: number;
  readonly siteUrl: string;
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
  readonly stopped: SourceError | undefined;
}

function resultOf({ standings, news, written, siteUrl, warnings, failures, stopped }: Told): RunResult {
  const parts = { same: 0, changed: 0, removed: 0, unchecked: 0 };
  for (const [id, standing] of standings) {
    if (standing === 'answered') parts[news.models.has(id) ? 'changed' : 'same'] += 1;
    else parts[standing === 'removed' ? 'removed' : 'unchecked'] += 1;
  }
  const counts = { checked: standings.size, ...parts, new_versions: news.newVersions.length, written };
  const all =
    stopped === undefined
      ? failures
      : [
          ...failures,
          {
            what: 'Civitai',
            code: stopped.code,
            why: stopped.message,
            next: 'Nothing known was lost; run the update again later.',
          },
        ];
  return {
    counts,
    warnings,
    failures: all,
    exitCode: stopped !== undefined ? 4 : all.length > 0 ? 3 : 0,
    summary: ['', ...newsLines(news, siteUrl), ...countLines(counts, news, standings)],
    data: {
      changes: news.changes,
      new_versions: news.newVersions.map((version) => ({ ...version, url: versionUrl(siteUrl, version) })),
      outdated: news.outdated,
    },
  };
}

function countLines(
  counts: Readonly<Record<'checked' | 'same' | 'changed' | 'removed' | 'unchecked' | 'new_versions', number>>,
  news: News,
  standings: Told['standings'],
): string[] {
  const count = (wanted: ModelStanding): number =>
    [...standings.values()].filter((standing) => standing === wanted).length;
  const [doubtful, unlisted] = [count('doubtful'), count('unlisted')];
  const row = [
    `${formatCount(counts.checked)} models`,
    `${formatCount(counts.same)} as before`,
    `${formatCount(counts.changed)} changed`,
    `${formatCount(counts.removed)} removed from the site`,
    `${formatCount(counts.unchecked)} unchecked`,
    `${formatCount(counts.new_versions)} new versions`,
  ];
  return [
    row.join('   '),
    ...(news.outdated === 0
      ? []
      : [
          `Of ${formatCount(news.outdated)} models a newer version is out than yours; the gallery finds them under "has update".`,
        ]),
    ...(doubtful === 0
      ? []
      : [
          `${formatCount(doubtful)} of the unchecked were not shown this time; a look more than 90 minutes from now tells whether they are gone.`,
        ]),
    ...(unlisted === 0
      ? []
      : [
          `${formatCount(unlisted)} of the unchecked are in no list of the site; such are asked for one by one after 30 days, or with --force-refresh.`,
        ]),
  ];
}
