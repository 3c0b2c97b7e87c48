import { formatCount } from '../base/bytes.ts';
import { formatDay } from '../base/dates.ts';
import type { BlobId, FileId, ModelId, Sha256 } from '../base/ids.ts';
import type { SourceError } from '../base/errors.ts';
import { knownHashes } from '../archive/hash-files.ts';
import type { PreviewWish } from '../archive/plan-previews.ts';
import { refreshKnown, standingsOf } from '../archive/refresh-known.ts';
import type { ModelStanding, Refreshed } from '../archive/refresh-known.ts';
import { whatChanged } from '../archive/what-changed.ts';
import type { News } from '../archive/what-changed.ts';
import type { Catalog } from '../catalog/open.ts';
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
import type { Failure, RunResult, Verb } from './verb.ts';

/** `civitarium update [PATH...]`: ask again about everything that is known. */
export const update: Verb = {
  name: 'update',
  summary: 'refresh what is known, whatever its age; say what changed',
  description:
    'Asks Civitai again about every model of the library, a hundred a request, and about files it did not know. Says what changed, field by field, and which newer versions are out. What was known is never lost: a model that is gone is kept and counts as removed when two looks, more than 90 minutes apart, miss it.',
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
  const owners = await modelsOf(catalog, known);
  const models = [...new Set(owners.values())];
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
  await unsettle(catalog, roots);
  const refreshed = await refresh(deps, catalog, models, known);
  const news = await whatChanged(catalog, new Set(models), startedAt);
  const touched = new Set([...stocks.values()].flatMap((stock) => [...stock.dirty]));
  for (const [fileId, { sha256 }] of known) {
    const modelId = owners.get(fileId);
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
    standings: await standingsOf(catalog, models, startedAt),
    news,
    written: written.written,
    warnings: [...keyWarnings, ...absences, ...written.warnings],
    failures: [...problems, ...written.failures],
    stopped: refreshed.stopped ?? written.stopped,
  });
}

type Known = Awaited<ReturnType<typeof knownHashes>>;

/** The model of each known file that has one. */
async function modelsOf(catalog: Catalog, known: Known): Promise<Map<FileId, ModelId>> {
  const rows = await catalog.db
    .selectFrom('choice')
    .innerJoin('version', 'version.id', 'choice.version_id')
    .select(['choice.file_id', 'version.model_id'])
    .execute();
  return new Map(
    rows
      .map((row) => [row.file_id as FileId, row.model_id as ModelId] as const)
      .filter(([fileId]) => known.has(fileId)),
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
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
  readonly stopped: SourceError | undefined;
}

function resultOf({ standings, news, written, warnings, failures, stopped }: Told): RunResult {
  const parts = { same: 0, changed: 0, removed: 0, unchecked: 0 };
  let doubtful = 0;
  for (const [id, standing] of standings) {
    if (standing === 'doubtful') doubtful += 1;
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
  const summary = [
    '',
    ...newsLines(news),
    `${formatCount(counts.checked)} models   ${formatCount(counts.same)} as before   ${formatCount(counts.changed)} changed   ${formatCount(counts.removed)} removed from the site   ${formatCount(counts.unchecked)} unchecked   ${formatCount(counts.new_versions)} new versions`,
    ...(doubtful === 0
      ? []
      : [
          `${formatCount(doubtful)} of the unchecked were not shown this time; a look more than 90 minutes from now tells whether they are gone.`,
        ]),
  ];
  return {
    counts,
    warnings,
    failures: all,
    exitCode: stopped !== undefined ? 4 : all.length > 0 ? 3 : 0,
    summary,
    data: { changes: news.changes, new_versions: news.newVersions },
  };
}

/** More changes than this are summed up. */
const MANY = 40;

function newsLines({ changes, newVersions }: News): string[] {
  return [
    ...changes
      .slice(0, MANY)
      .map(
        ({ name, field, before, after }) =>
          `${name}: ${field.replaceAll('_', ' ')} was ${shorten(before)}, is ${shorten(after)}`,
      ),
    ...(changes.length > MANY
      ? [`and ${formatCount(changes.length - MANY)} more changes; --json lists them all.`]
      : []),
    ...newVersions.map(
      ({ model, name, publishedAt }) =>
        `${model}: ${name} is out${publishedAt === undefined ? '' : ` since ${formatDay(publishedAt)}`}`,
    ),
  ];
}

function shorten(text: string | null): string {
  if (text === null) return 'nothing';
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `"${line.slice(0, 57)}…"` : `"${line}"`;
}
