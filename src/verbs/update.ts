import { formatCount } from '../base/bytes.ts';
import { formatDay } from '../base/dates.ts';
import type { BlobId, FileId, ModelId, Sha256 } from '../base/ids.ts';
import { InterruptedError, SourceError } from '../base/errors.ts';
import { knownHashes } from '../archive/hash-files.ts';
import { fetchModelsById, identify } from '../archive/identify.ts';
import { parsePreviewWish } from '../archive/plan-previews.ts';
import type { Catalog } from '../catalog/open.ts';
import { chooseFor } from '../catalog/candidate.ts';
import type { Deps } from './deps.ts';
import { catalogRoots } from './scanning/catalog-roots.ts';
import { endIncomplete, unsettle } from './scanning/settle.ts';
import { writeLibrary } from './scanning/write-library.ts';
import { textOption } from './option.ts';
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
  options: [
    { name: 'images', kind: 'optional', value: 'first|all|none|N', bare: 'all', summary: 'previews to fetch for each model (default first; bare: all)' },
    { name: 'profile', kind: 'text', value: 'NAME', choices: ['beside', 'collected'], summary: 'where things are written (default beside)' },
    { name: 'output', kind: 'text', value: 'DIR', summary: 'folder for the gallery, or for everything with --profile collected' },
  ],
  async run(deps, input) {
    const catalog = await deps.catalog();
    const { roots, stocks, absent } = await catalogRoots(deps, catalog, input.arguments);
    const files = [...stocks.values()].flatMap((stock) => stock.files);
    const known = await knownHashes(catalog, files.map((file) => file.fileId));
    const models = await modelsOf(catalog, new Set([...known.keys()].map(Number)));
    const warnings = absent.map((path) => `${path} is not there and was left out.`);
    if (deps.settings.dryRun) {
      return { counts: { checked: 0, same: 0, changed: 0, removed: 0, unchecked: 0, new_versions: 0 }, warnings, failures: [], exitCode: 0, summary: [`Would ask about ${formatCount(models.size)} models.`] };
    }
    const startedAt = deps.clock.now();
    await unsettle(catalog, roots);
    const refreshed = await refresh(deps, catalog, models, known);
    const news = await whatChanged(catalog, models, startedAt);
    const owner = byFile(models);
    const isTouched = ({ fileId }: { fileId: FileId }): boolean => news.models.has(owner.get(fileId) ?? NO_MODEL) || refreshed.touched.has(known.get(fileId)?.sha256 ?? NO_HASH);
    const touched = new Set(files.filter(isTouched).map((file) => Number(file.fileId)));
    for (const stock of stocks.values()) for (const fileId of stock.dirty) touched.add(fileId);
    await chooseFor(catalog, [...touched] as FileId[], startedAt);
    const request = { images: parsePreviewWish(textOption(input, 'images') ?? 'first') ?? 'first', profile: textOption(input, 'profile') === 'collected' ? 'collected' : 'beside', output: textOption(input, 'output') } as const;
    const written = await writeLibrary(deps, catalog, { roots, stocks, request, touched, online: refreshed.stopped === undefined });
    await endIncomplete(catalog, roots);
    return resultOf({ refreshed, news, models, warnings: [...warnings, ...written.warnings], failures: written.failures, stopped: refreshed.stopped ?? written.stopped });
  },
};

const NO_MODEL = 0 as ModelId;
const NO_HASH = '' as Sha256;

/** Model ids and the files of each. */
type ModelFiles = ReadonlyMap<ModelId, readonly number[]>;

async function modelsOf(catalog: Catalog, fileIds: ReadonlySet<number>): Promise<ModelFiles> {
  const rows = await catalog.db.selectFrom('choice').innerJoin('version', 'version.id', 'choice.version_id').select(['choice.file_id', 'version.model_id']).execute();
  const models = new Map<ModelId, number[]>();
  for (const row of rows) {
    if (!fileIds.has(row.file_id)) continue;
    const id = row.model_id as ModelId;
    models.set(id, [...(models.get(id) ?? []), row.file_id]);
  }
  return models;
}

/** The other way round: file to model. */
function byFile(models: ModelFiles): Map<number, ModelId> {
  return new Map([...models].flatMap(([id, files]) => files.map((file) => [file, id] as const)));
}

interface Refreshed {
  readonly absent: readonly ModelId[];
  /** Models that were answered. */
  readonly answered: number;
  /** Hashes that have a new answer. */
  readonly touched: ReadonlySet<Sha256>;
  readonly stopped: SourceError | undefined;
}

async function refresh(deps: Deps, catalog: Catalog, models: ModelFiles, known: Awaited<ReturnType<typeof knownHashes>>): Promise<Refreshed> {
  const blobs = new Map<Sha256, BlobId>([...known.values()].map(({ sha256, blobId }) => [sha256, blobId]));
  const phase = deps.progress.phase('Asking Civitai', models.size, 'models');
  const options = { catalog, client: await deps.client(), now: () => deps.clock.now(), signal: deps.signal, phase };
  try {
    const { listed, absent } = await fetchModelsById([...models.keys()], blobs, options);
    const identified = await identify(await unknownHashes(catalog, blobs), { ...options, force: true, maxAgeMs: undefined });
    return { absent, answered: listed + absent.length, touched: identified.touched, stopped: identified.stopped };
  } catch (error) {
    if (deps.signal.aborted) throw new InterruptedError();
    if (!(error instanceof SourceError)) throw error;
    return { absent: [], answered: 0, touched: new Set(), stopped: error };
  } finally {
    phase.end();
  }
}

/** Hashes that the site does not show: they may have come (back). */
async function unknownHashes(catalog: Catalog, blobs: ReadonlyMap<Sha256, BlobId>): Promise<Map<Sha256, BlobId>> {
  const rows = await catalog.db.selectFrom('subject_state').select(['subject']).where('kind', '=', 'hash').where('state', '=', 'found').execute();
  const found = new Set(rows.map((row) => row.subject));
  return new Map([...blobs].filter(([sha256]) => !found.has(sha256)));
}

interface News {
  readonly models: ReadonlySet<ModelId>;
  readonly lines: readonly string[];
  readonly newVersions: readonly { readonly modelId: number; readonly versionId: number; readonly name: string; readonly model: string; readonly publishedAt: number | undefined }[];
}

async function whatChanged(catalog: Catalog, models: ModelFiles, since: number): Promise<News> {
  const changes = await catalog.db.selectFrom('change').selectAll().where('at', '>=', since).orderBy('id').execute();
  const fresh = await catalog.db
    .selectFrom('version')
    .innerJoin('model', 'model.id', 'version.model_id')
    .select(['version.id', 'version.model_id', 'version.name', 'model.name as model', 'version.published_at'])
    .where('version.first_seen_at', '>=', since)
    .where('model.first_seen_at', '<', since)
    .execute();
  const owners = new Map((await catalog.db.selectFrom('version').select(['id', 'model_id']).execute()).map((row) => [String(row.id), row.model_id]));
  const changed = new Set<ModelId>();
  const lines: string[] = [];
  for (const change of changes) {
    const modelId = change.kind === 'model' ? Number(change.subject) : owners.get(change.subject);
    if (modelId === undefined || !models.has(modelId as ModelId)) continue;
    changed.add(modelId as ModelId);
    lines.push(`${change.kind} ${change.subject}  ${change.field}: ${shorten(change.before)} → ${shorten(change.after)}`);
  }
  const newVersions = fresh.filter((row) => models.has(row.model_id as ModelId));
  for (const row of newVersions) changed.add(row.model_id as ModelId);
  return { models: changed, lines, newVersions: newVersions.map((row) => ({ modelId: row.model_id, versionId: row.id, name: row.name, model: row.model, publishedAt: row.published_at ?? undefined })) };
}

function shorten(text: string | null): string {
  if (text === null) return 'nothing';
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `"${line.slice(0, 57)}…"` : `"${line}"`;
}

interface Told {
  readonly refreshed: Refreshed;
  readonly news: News;
  readonly models: ModelFiles;
  readonly warnings: readonly string[];
  readonly failures: readonly Failure[];
  readonly stopped: SourceError | undefined;
}

function resultOf({ refreshed, news, models, warnings, failures, stopped }: Told): RunResult {
  const removed = refreshed.absent.length;
  const changed = [...news.models].filter((id) => !refreshed.absent.includes(id)).length;
  const unchecked = models.size - refreshed.answered;
  const counts = { checked: models.size, same: models.size - changed - removed - unchecked, changed, removed, unchecked, new_versions: news.newVersions.length };
  const all = stopped === undefined ? failures : [...failures, { what: 'Civitai', code: stopped.code, why: stopped.message, next: 'Nothing known was lost; run the update again later.' }];
  const summary = [
    '',
    ...news.lines.slice(0, 40),
    ...news.newVersions.map((version) => `${version.model}: ${version.name} is out${version.publishedAt === undefined ? '' : ` since ${formatDay(version.publishedAt)}`}`),
    `${formatCount(counts.checked)} models   ${formatCount(counts.same)} as before   ${formatCount(changed)} changed   ${formatCount(removed)} not shown any more   ${formatCount(unchecked)} unchecked   ${formatCount(counts.new_versions)} new versions`,
  ];
  return { counts, warnings, failures: all, exitCode: stopped !== undefined ? 4 : all.length > 0 ? 3 : 0, summary, data: { changes: news.lines, new_versions: news.newVersions } };
}
