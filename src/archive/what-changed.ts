import type { ModelId, VersionId } from '../base/ids.ts';
import { chunks } from '../base/pool.ts';
import { changesSince } from '../catalog/change.ts';
import type { Catalog } from '../catalog/open.ts';
import { firstAnswers } from '../catalog/payload.ts';
import { readByKeys } from '../catalog/upsert.ts';
import { versionsOf } from '../catalog/version.ts';
import type { VersionInModel } from '../catalog/version.ts';
import { isNewer } from '../catalog/view-versions.ts';

/** One field that is not as it was. */
export interface ChangedField {
  readonly kind: 'model' | 'version';
  /** Model or version id. */
  readonly id: number;
  readonly modelId: ModelId;
  /** Name of the model, and of the version when it is one. */
  readonly name: string;
  readonly model: string;
  /** Name of the version when it is one. */
  readonly version: string | undefined;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A version that came out since we last looked. */
export interface NewVersion {
  readonly modelId: ModelId;
  readonly versionId: VersionId;
  readonly model: string;
  readonly name: string;
  /** Names of the versions that are held, newest first. */
  readonly have: readonly string[];
  /** Newer than all that are held. */
  readonly newer: boolean;
  /** Epoch ms. */
  readonly publishedAt: number | undefined;
}

export interface News {
  /** Models of which something besides statistics is new. */
  readonly models: ReadonlySet<ModelId>;
  readonly changes: readonly ChangedField[];
  readonly newVersions: readonly NewVersion[];
  /** Models of which a newer version is out than any that is held, since whenever. */
  readonly outdated: number;
}

/** The versions of each model that the library holds. */
export type Held = ReadonlyMap<ModelId, ReadonlySet<VersionId>>;

/** The moment after which something counts as new. */
export interface Since {
  /** Epoch ms. */
  readonly at: number;
  /** Where the history ended then. */
  readonly mark: number;
}

/** What the answers since then changed about models that are held, statistics apart. */
export async function whatChanged(catalog: Catalog, held: Held, since: Since): Promise<News> {
  const changes = await changedFields(catalog, held, since.mark);
  const { newVersions, outdated } = await versionNews(catalog, held, since.at);
  const models = new Set([...changes, ...newVersions].map((one) => one.modelId));
  return { changes, newVersions, outdated, models };
}

async function changedFields(catalog: Catalog, held: Held, mark: number): Promise<ChangedField[]> {
  const changed: ChangedField[] = [];
  for await (const rows of changesSince(catalog.db, mark)) {
    const idsOf = (kind: string): number[] =>
      rows.filter((row) => row.kind === kind).map((row) => Number(row.subject));
    const versions = await versionNames(catalog, idsOf('version'));
    const models = await modelNames(catalog, [
      ...idsOf('model'),
      ...[...versions.values()].map((version) => version.modelId),
    ]);
    for (const { kind, subject, field, before, after } of rows) {
      if (kind !== 'model' && kind !== 'version') continue;
      const id = Number(subject);
      const version = kind === 'version' ? versions.get(id) : undefined;
      const modelId = (version?.modelId ?? id) as ModelId;
      if (!held.has(modelId) || (kind === 'version' && version === undefined)) continue;
      const model = models.get(modelId) ?? '';
      const name = [model, ...(version === undefined ? [] : [version.name])].join(', ');
      changed.push({ kind, id, modelId, name, model, version: version?.name, field, before, after });
    }
  }
  return changed;
}

async function modelNames(catalog: Catalog, ids: readonly number[]): Promise<Map<number, string>> {
  const rows = await readByKeys(ids, (some) =>
    catalog.db.selectFrom('model').select(['id', 'name']).where('id', 'in', some).execute(),
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

async function versionNames(
  catalog: Catalog,
  ids: readonly number[],
): Promise<Map<number, { readonly modelId: number; readonly name: string }>> {
  const rows = await readByKeys(ids, (some) =>
    catalog.db.selectFrom('version').select(['id', 'model_id', 'name']).where('id', 'in', some).execute(),
  );
  return new Map(rows.map((row) => [row.id, { modelId: row.model_id, name: row.name }]));
}

/** Models whose versions are looked at together. */
const MODELS_AT_ONCE = 1000;

async function versionNews(
  catalog: Catalog,
  held: Held,
  since: number,
): Promise<Pick<News, 'newVersions' | 'outdated'>> {
  const newVersions: NewVersion[] = [];
  let outdated = 0;
  for (const ids of chunks([...held.keys()], MODELS_AT_ONCE)) {
    const byModel = await versionsOf(catalog.db, ids);
    const grown = ids.filter((id) => byModel.get(id)?.some((version) => version.first_seen_at >= since));
    const names = await modelNames(catalog, grown);
    // Whose list of versions was never seen before: its versions are first sight, not news.
    const listedAt = await firstAnswers(catalog.db, 'model', grown.map(String));
    for (const id of ids) {
      const versions = byModel.get(id) ?? [];
      const ours = versions.filter((version) => held.get(id)?.has(version.id as VersionId));
      const isNewest = (version: VersionInModel): boolean =>
        ours.length > 0 && ours.every((own) => isNewer(version, own));
      if (versions.some(isNewest)) outdated += 1;
      if ((listedAt.get(String(id)) ?? since) >= since) continue;
      for (const version of versions.filter((one) => one.first_seen_at >= since))
        newVersions.push({
          modelId: id,
          versionId: version.id as VersionId,
          model: names.get(id) ?? '',
          name: version.name,
          have: ours.toSorted(newestFirst).map((own) => own.name),
          newer: isNewest(version),
          publishedAt: version.published_at ?? undefined,
        });
    }
  }
  return { newVersions, outdated };
}

function newestFirst(a: VersionInModel, b: VersionInModel): number {
  return isNewer(a, b) ? -1 : isNewer(b, a) ? 1 : 0;
}
