import type { ModelId } from '../base/ids.ts';
import type { Catalog } from '../catalog/open.ts';

/** One field that is not as it was. */
export interface ChangedField {
  readonly kind: 'model' | 'version';
  /** Model or version id. */
  readonly id: number;
  readonly modelId: ModelId;
  /** Name of the model, and of the version when it is one. */
  readonly name: string;
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A version that came out since we last looked. */
export interface NewVersion {
  readonly modelId: ModelId;
  readonly versionId: number;
  readonly model: string;
  readonly name: string;
  /** Epoch ms. */
  readonly publishedAt: number | undefined;
}

export interface News {
  /** Models of which something besides statistics is new. */
  readonly models: ReadonlySet<ModelId>;
  readonly changes: readonly ChangedField[];
  readonly newVersions: readonly NewVersion[];
}

/** What the answers since `since` (epoch ms) changed about some models, statistics apart. */
export async function whatChanged(
  catalog: Catalog,
  models: ReadonlySet<ModelId>,
  since: number,
): Promise<News> {
  const changes = await changedFields(catalog, models, since);
  const newVersions = await versionsSince(catalog, models, since);
  return { changes, newVersions, models: new Set([...changes, ...newVersions].map((one) => one.modelId)) };
}

async function changedFields(
  catalog: Catalog,
  models: ReadonlySet<ModelId>,
  since: number,
): Promise<ChangedField[]> {
  const rows = await catalog.db
    .selectFrom('change')
    .selectAll()
    .where('at', '>=', since)
    .orderBy('id')
    .execute();
  if (rows.length === 0) return [];
  const named = new Map(
    (await catalog.db.selectFrom('model').select(['id', 'name']).execute()).map((row) => [row.id, row.name]),
  );
  const versions = new Map(
    (await catalog.db.selectFrom('version').select(['id', 'model_id', 'name']).execute()).map((row) => [
      row.id,
      row,
    ]),
  );
  return rows.flatMap(({ kind, subject, field, before, after }) => {
    if (kind !== 'model' && kind !== 'version') return [];
    const id = Number(subject);
    const version = kind === 'version' ? versions.get(id) : undefined;
    const modelId = (version?.model_id ?? id) as ModelId;
    if (!models.has(modelId) || (kind === 'version' && version === undefined)) return [];
    const name = [named.get(modelId) ?? '', ...(version === undefined ? [] : [version.name])].join(', ');
    return [{ kind, id, modelId, name, field, before, after }];
  });
}

async function versionsSince(
  catalog: Catalog,
  models: ReadonlySet<ModelId>,
  since: number,
): Promise<NewVersion[]> {
  const rows = await catalog.db
    .selectFrom('version')
    .innerJoin('model', 'model.id', 'version.model_id')
    .select(['version.id', 'version.model_id', 'version.name', 'model.name as model', 'version.published_at'])
    .where('version.first_seen_at', '>=', since)
    .where('model.first_seen_at', '<', since)
    .orderBy('version.id')
    .execute();
  return rows
    .filter((row) => models.has(row.model_id as ModelId))
    .map((row) => ({
      modelId: row.model_id as ModelId,
      versionId: row.id,
      model: row.model,
      name: row.name,
      publishedAt: row.published_at ?? undefined,
    }));
}
