import type { WorldChanges, WorldModel, WorldVersion } from './types.ts';
import { makeVersion } from './versions.ts';
import type { VersionPlan, VersionSeed } from './versions.ts';

/** The models of a running world: those it was made with, and what changed since. */
export interface Store {
  /** As it is now; `undefined` when removed. */
  model(id: number): WorldModel | undefined;
  version(id: number): WorldVersion | undefined;
  modelIds(): readonly number[];
  versionIds(): readonly number[];
  /** As first made, changes and removals apart: bytes follow from these. */
  firstModel(id: number): WorldModel | undefined;
  firstVersion(id: number): WorldVersion | undefined;
  seedOf(versionId: number): { readonly seed: VersionSeed; readonly ordinal: number } | undefined;
  seedAt(ordinal: number): VersionSeed | undefined;
  readonly changes: WorldChanges;
}

export interface StorePlan {
  readonly seed: number;
  readonly startedAt: number;
  readonly models: readonly WorldModel[];
  readonly seeds: VersionSeed[];
  /** Called after every change, so that indexes can be made anew. */
  changed(): void;
}

export function makeStore(plan: StorePlan): Store {
  const { seeds } = plan;
  const first = new Map(plan.models.map((model) => [model.id, model]));
  const firstVersions = new Map(
    plan.models.flatMap((model) => model.versions.map((version) => [version.id, version])),
  );
  const models = new Map(first);
  const versions = new Map(firstVersions);
  const ordinals = new Map(seeds.map((seed, ordinal) => [seed.versionId, ordinal]));
  const put = (model: WorldModel): void => {
    models.set(model.id, model);
    for (const version of model.versions) versions.set(version.id, version);
    plan.changed();
  };
  return {
    model: (id) => models.get(id),
    version: (id) => versions.get(id),
    modelIds: () => [...models.keys()],
    versionIds: () => [...versions.keys()],
    firstModel: (id) => first.get(id),
    firstVersion: (id) => firstVersions.get(id),
    seedAt: (ordinal) => seeds[ordinal],
    seedOf(versionId) {
      const ordinal = ordinals.get(versionId);
      const seed = ordinal === undefined ? undefined : seeds[ordinal];
      return ordinal === undefined || seed === undefined ? undefined : { seed, ordinal };
    },
    changes: {
      patchModel: (id, patch) => put({ ...known(models.get(id)), ...patch }),
      patchVersion(id, patch) {
        const model = known(models.get(known(versions.get(id)).modelId));
        put({
          ...model,
          versions: model.versions.map((one) => (one.id === id ? { ...one, ...patch } : one)),
        });
      },
      publishVersion(modelId, name) {
        const model = known(models.get(modelId));
        const { version, seed } = makeVersion(nextVersion(plan, model, seeds.length));
        ordinals.set(version.id, seeds.length);
        seeds.push(seed);
        const named = { ...version, name };
        firstVersions.set(version.id, named);
        put({
          ...model,
          versions: [named, ...model.versions.map((one) => ({ ...one, index: one.index + 1 }))],
        });
        return named;
      },
      removeModel(id) {
        for (const version of known(models.get(id)).versions) versions.delete(version.id);
        models.delete(id);
        plan.changed();
      },
      removeVersion(id) {
        const model = known(models.get(known(versions.get(id)).modelId));
        versions.delete(id);
        put({ ...model, versions: model.versions.filter((one) => one.id !== id) });
      },
      undoChanges() {
        models.clear();
        versions.clear();
        for (const model of first.values()) put(model);
      },
    },
  };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('The world has no such model or version.');
  return value;
}

function nextVersion(plan: StorePlan, model: WorldModel, ordinal: number): VersionPlan {
  return {
    seed: plan.seed,
    ordinal,
    modelId: model.id,
    modelName: model.name,
    modelType: model.type,
    index: 0,
    number: model.versions.length + 1,
    baseModel: model.versions[0]?.baseModel ?? 'SDXL 1.0',
    maturity: model.nsfwLevel === 0 ? 'unrated' : 'mild',
    oddity: undefined,
    createdAt: plan.startedAt - 3_600_000,
    startedAt: plan.startedAt,
    contentKey: undefined,
  };
}
