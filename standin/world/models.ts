import { SYSTEM_ID, DELETED_ID } from './creators.ts';
import type { Maturity } from './levels.ts';
import { oddityOf } from './oddities.ts';
import type { Oddity } from './oddities.ts';
import { hash32, random } from './random.ts';
import type { Random } from './random.ts';
import { descriptionOf, nameOf } from './texts.ts';
import type { WorldCreator, WorldModel, WorldVersion } from './types.ts';
import { makeVersion } from './versions.ts';
import type { VersionSeed } from './versions.ts';
import { BASE_MODELS, COMMON_BASE_MODELS, COMMON_TYPES, TAGS, TYPES } from './words.ts';

const DAY = 86_400_000;
/** How far back the oldest model lies. */
const WORLD_AGE = 900 * DAY;

export interface ModelsPlan {
  readonly seed: number;
  readonly models: number;
  readonly startedAt: number;
  readonly creators: readonly WorldCreator[];
  /** Without oddities every model is an ordinary one. */
  readonly oddities: boolean;
}

/** All models of a world, oldest first, and what the previews are made from, by ordinal of the version. */
export function makeModels(plan: ModelsPlan): { models: WorldModel[]; seeds: VersionSeed[] } {
  const models: WorldModel[] = [];
  const seeds: VersionSeed[] = [];
  for (let ordinal = 0; ordinal < plan.models; ordinal += 1)
    models.push(makeModel(plan, ordinal, models, seeds));
  return { models: plan.oddities ? linkVaes(models) : models, seeds };
}

interface Traits {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly oddity: Oddity | undefined;
  readonly maturity: Maturity;
  readonly createdAt: number;
  /** The model whose bytes ours repeat. */
  readonly twin: WorldModel | undefined;
}

function makeModel(
  plan: ModelsPlan,
  ordinal: number,
  earlier: readonly WorldModel[],
  seeds: VersionSeed[],
): WorldModel {
  const chance = random(plan.seed, 'model', ordinal);
  const traits = traitsOf(plan, ordinal, chance, earlier);
  const { oddity, type } = traits;
  const versions = makeVersions(plan, ordinal, chance, traits, seeds);
  const nsfwLevel = versions.reduce(
    (bits, version) => bits | version.nsfwLevel,
    versions.length === 0 ? 1 : 0,
  );
  return {
    id: traits.id,
    creatorId: creatorOf(plan, chance, oddity),
    name: traits.name,
    description: descriptionOf(chance, traits.name, oddity),
    type,
    checkpointType: type === 'Checkpoint' ? chance.pick(['Trained', 'Merge']) : null,
    status: oddity === 'unpublished' ? 'Unpublished' : 'Published',
    availability: oddity === 'private-model' ? 'Private' : 'Public',
    mode: oddity === 'archived' ? 'Archived' : oddity === 'taken-down' ? 'TakenDown' : null,
    nsfw: nsfwLevel !== 0 && (nsfwLevel & 3) === 0,
    nsfwLevel,
    minor: oddity === 'minor',
    poi: oddity === 'poi',
    sfwOnly: oddity === 'sfw-only',
    allowNoCredit: chance.chance(0.8),
    allowDerivatives: chance.chance(0.9),
    allowDifferentLicense: chance.chance(0.7),
    allowCommercialUse: chance.some(['Image', 'RentCivit', 'Rent', 'Sell'], chance.int(0, 4)),
    supportsGeneration: chance.chance(0.4),
    statsHidden: oddity === 'stats-hidden',
    tags: tagsOf(chance, oddity),
    createdAt: traits.createdAt,
    publishedAt: traits.createdAt + chance.int(60, 90_000) * 1_000,
    versions,
  };
}

const FORCED_TYPES: Readonly<Partial<Record<Oddity, string>>> = {
  'same-file-names': 'Checkpoint',
  'same-bytes-in-versions': 'LORA',
  'linked-vae': 'Checkpoint',
  'superseded-file': 'LORA',
  'private-file': 'LORA',
  'long-autov3': 'LORA',
  pickle: 'Checkpoint',
  gguf: 'Checkpoint',
  archive: 'Workflows',
};

function traitsOf(plan: ModelsPlan, ordinal: number, chance: Random, earlier: readonly WorldModel[]): Traits {
  const oddity = plan.oddities ? oddityOf(ordinal) : undefined;
  const twin = oddity === 'bytes-of-neighbour' ? earlier[ordinal - 29] : undefined;
  const forced = oddity === undefined ? undefined : FORCED_TYPES[oddity];
  const type = twin?.type ?? forced ?? typeOf(ordinal, chance);
  return {
    id: 10_007 + ordinal * 7 + (hash32(plan.seed, 'model id', ordinal) % 7),
    name: nameOf(chance, type, oddity),
    type,
    oddity,
    twin,
    maturity: oddity === 'unrated' ? 'unrated' : maturityOf(chance.next()),
    createdAt: Math.floor(plan.startedAt - WORLD_AGE * (1 - ordinal / plan.models) - 2 * DAY),
  };
}

/** The even ordinals below 46 walk through all types, so that small worlds have each. */
function typeOf(ordinal: number, chance: Random): string {
  const walked = ordinal % 2 === 0 ? TYPES[ordinal / 2] : undefined;
  return walked ?? chance.pick(COMMON_TYPES);
}

function maturityOf(part: number): Maturity {
  return part < 0.7 ? 'mild' : part < 0.9 ? 'mixed' : 'mature';
}

function creatorOf(plan: ModelsPlan, chance: Random, oddity: Oddity | undefined): number {
  if (oddity === 'by-system') return SYSTEM_ID;
  if (oddity === 'by-deleted-user') return DELETED_ID;
  // Squared, so that a few creators made much and many made little.
  const share = chance.next() ** 2;
  return plan.creators[2 + Math.floor(share * (plan.creators.length - 2))]?.id ?? SYSTEM_ID;
}

function tagsOf(chance: Random, oddity: Oddity | undefined): string[] {
  const tags = chance.some(TAGS, chance.int(1, 6));
  if (oddity === 'script-text') return [...tags, '<script>window.__hostile="tag"</script>', 'a"b onclick=x'];
  return oddity === 'odd-words' ? [...tags, ...tags] : [...tags];
}

function makeVersions(
  plan: ModelsPlan,
  ordinal: number,
  chance: Random,
  traits: Traits,
  seeds: VersionSeed[],
): WorldVersion[] {
  const count = versionCount(chance, traits.oddity);
  const base = baseModelOf(ordinal, chance);
  const versions: WorldVersion[] = [];
  const span = (plan.startedAt - traits.createdAt) / 4;
  for (let number = 1; number <= count; number += 1) {
    const { version, seed } = makeVersion({
      seed: plan.seed,
      ordinal: seeds.length,
      modelId: traits.id,
      modelName: traits.name,
      modelType: traits.type,
      index: count - number,
      number,
      baseModel:
        traits.oddity === 'gguf' ? 'Flux.1 D' : chance.chance(0.85) ? base : chance.pick(COMMON_BASE_MODELS),
      maturity: traits.maturity,
      oddity: traits.oddity,
      createdAt: Math.floor(traits.createdAt + (span * (number - 1)) / count),
      startedAt: plan.startedAt,
      contentKey: contentKeyOf(traits, versions),
    });
    seeds.push(seed);
    versions.unshift(version);
  }
  return versions;
}

function contentKeyOf(traits: Traits, older: readonly WorldVersion[]): string | undefined {
  if (traits.twin !== undefined) return traits.twin.versions[0]?.files[0]?.contentKey;
  return traits.oddity === 'same-bytes-in-versions' ? older[0]?.files[0]?.contentKey : undefined;
}

function versionCount(chance: Random, oddity: Oddity | undefined): number {
  if (oddity === 'no-versions') return 0;
  if (oddity === 'many-versions') return 30;
  if (oddity === 'same-bytes-in-versions' || oddity === 'draft-version') return 2;
  if (oddity === 'no-files' || oddity === 'no-public-file' || oddity === 'bytes-of-neighbour') return 1;
  return chance.chance(0.7) ? 1 : chance.int(2, 4);
}

function baseModelOf(ordinal: number, chance: Random): string {
  const walked = ordinal >= 46 && ordinal % 2 === 0 ? BASE_MODELS[(ordinal - 46) / 2] : undefined;
  return walked ?? chance.pick(COMMON_BASE_MODELS);
}

/** Versions with a VAE of another model beside them name one that exists. */
function linkVaes(models: readonly WorldModel[]): WorldModel[] {
  const vaeId = models.find((model) => model.type === 'VAE')?.versions[0]?.id;
  return models.map((model, ordinal) => {
    if (vaeId === undefined || model.type !== 'Checkpoint' || oddityOf(ordinal) !== 'linked-vae')
      return model;
    return { ...model, versions: model.versions.map((version) => ({ ...version, vaeId })) };
  });
}
