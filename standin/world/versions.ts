import { fileNameOf, planFiles } from './files.ts';
import type { FilePlan } from './files.ts';
import { levelOf, previewId } from './levels.ts';
import type { Maturity } from './levels.ts';
import type { Oddity } from './oddities.ts';
import { hash32, random } from './random.ts';
import type { Random } from './random.ts';
import { wordsOf } from './texts.ts';
import type { WorldFile, WorldVersion } from './types.ts';

const DAY = 86_400_000;

/** What a version needs to know of its model and its place in the world. */
export interface VersionPlan {
  readonly seed: number;
  /** Number in the world, in order of making; names ids and previews. */
  readonly ordinal: number;
  readonly modelId: number;
  readonly modelName: string;
  readonly modelType: string;
  /** Place in the model, 0 the newest. */
  readonly index: number;
  /** Place in time, 1 the oldest. */
  readonly number: number;
  readonly baseModel: string;
  readonly maturity: Maturity;
  readonly oddity: Oddity | undefined;
  readonly createdAt: number;
  readonly startedAt: number;
  /** Bytes to share with a file that exists already. */
  readonly contentKey: string | undefined;
}

/** What the world keeps about a version beside its public face. */
export interface VersionSeed {
  readonly versionId: number;
  readonly maturity: Maturity;
  readonly previews: number;
  readonly videos: boolean;
}

function versionIdOf(seed: number, ordinal: number): number {
  return 20_011 + ordinal * 9 + (hash32(seed, 'version id', ordinal) % 9);
}

function fileIdOf(versionId: number, at: number): number {
  return versionId * 8 + at + 3;
}

export function makeVersion(plan: VersionPlan): { version: WorldVersion; seed: VersionSeed } {
  const chance = random(plan.seed, 'version', plan.ordinal);
  const { oddity } = plan;
  const id = versionIdOf(plan.seed, plan.ordinal);
  const name = versionName(chance, plan.number);
  const previews = previewCount(chance, oddity);
  const fresh = oddity === 'early-access' && plan.index === 0;
  const publishedAt = fresh ? plan.startedAt - DAY : plan.createdAt + chance.int(60, 90_000) * 1_000;
  const draft = oddity === 'draft-version' && plan.index === 0;
  const version: WorldVersion = {
    id,
    modelId: plan.modelId,
    index: plan.index,
    name: oddity === 'script-text' ? `${name} <script>window.__hostile="version"</script>` : name,
    description: chance.chance(0.5)
      ? null
      : `<p>${chance.pick(['Better hands.', 'Trained longer.', 'First upload.', ''])}</p>`,
    baseModel: plan.baseModel,
    baseModelType:
      plan.modelType === 'Checkpoint' ? chance.pick(['Standard', 'Standard', 'Inpainting']) : null,
    status: draft ? 'Draft' : 'Published',
    availability: oddity === 'private-model' ? 'Private' : 'Public',
    usageControl: oddity === 'generation-only' ? 'Generation' : 'Download',
    nsfwLevel: levelsOf(plan, previews),
    trainedWords: wordsOf(chance, plan.modelName, plan.modelType, oddity),
    createdAt: plan.createdAt,
    updatedAt: publishedAt + chance.int(0, 20) * DAY,
    publishedAt: draft ? null : publishedAt,
    earlyAccessUntil: fresh ? plan.startedAt + 5 * DAY : null,
    uploadType: chance.chance(0.15) ? 'Trained' : 'Created',
    vaeId: null,
    requireAuth: oddity === 'requires-login',
    files: makeFiles(chance, plan, id, name, publishedAt),
  };
  return { version, seed: { versionId: id, maturity: plan.maturity, previews, videos: oddity === 'videos' } };
}

function versionName(chance: Random, number: number): string {
  return chance.pick([`v${number}.0`, `v${number}`, `V${number}`, `version ${number}`, `${number}.0 (fp16)`]);
}

function previewCount(chance: Random, oddity: Oddity | undefined): number {
  if (oddity === 'no-images') return 0;
  if (oddity === 'many-images') return 20;
  const count = chance.chance(0.05) ? chance.int(8, 14) : chance.int(1, 5);
  // Films and pictures by turns, the first a film.
  return oddity === 'videos' ? Math.max(4, count) : count;
}

function levelsOf(plan: VersionPlan, previews: number): number {
  let bits = 0;
  for (let k = 0; k < previews; k += 1) bits |= levelOf(plan.seed, previewId(plan.ordinal, k), plan.maturity);
  return bits === 0 && plan.maturity !== 'unrated' ? 1 : bits;
}

function makeFiles(
  chance: Random,
  plan: VersionPlan,
  versionId: number,
  versionName: string,
  publishedAt: number,
): WorldFile[] {
  const plans = planFiles(chance, plan.modelType, plan.oddity);
  return plans.map((file, at): WorldFile => {
    const id = fileIdOf(versionId, at);
    return {
      id,
      versionId,
      modelId: plan.modelId,
      name: nameOf(plan, versionName, file, at),
      overrideName:
        plan.oddity === 'script-text' ? `<img src=x onerror=window.__hostile=1>.${file.ext}` : null,
      type: file.type,
      format: file.format,
      fp: file.fp,
      extent: file.extent,
      quantType: file.quantType,
      primary: at === 0,
      visibility: visibilityOf(plan.oddity, at, plans.length),
      superseded: plan.oddity === 'superseded-file' && at === 1,
      ...scanOf(plan, publishedAt),
      autoV3Digits: plan.oddity === 'long-autov3' ? 64 : 12,
      contentKey: contentKeyOf(plan, file, at, versionId, id),
    };
  });
}

function nameOf(plan: VersionPlan, versionName: string, file: FilePlan, at: number): string {
  const name = fileNameOf(plan.modelName, versionName, plan.modelType, file);
  return plan.oddity === 'superseded-file' && at === 1 ? `old_${name}` : name;
}

function contentKeyOf(plan: VersionPlan, file: FilePlan, at: number, versionId: number, id: number): string {
  if (at === 0 && plan.contentKey !== undefined) return plan.contentKey;
  if (plan.oddity === 'same-bytes-in-version') return `${file.kind}:${fileIdOf(versionId, 0)}`;
  // AutoV1 exists from 2 MiB on: some files must be as long as that.
  const long = at === 0 && plan.ordinal % 400 === 4 ? ':long' : '';
  return `${file.kind}:${id}${long}`;
}

function visibilityOf(oddity: Oddity | undefined, at: number, count: number): WorldFile['visibility'] {
  if (oddity === 'no-public-file') return 'Private';
  if (oddity === 'private-file' && at === count - 1) return count > 1 ? 'Private' : 'Sensitive';
  return 'Public';
}

function scanOf(
  plan: VersionPlan,
  publishedAt: number,
): Pick<WorldFile, 'scan' | 'scanMessage' | 'scannedAt'> {
  if (plan.oddity === 'pending-scan') return { scan: 'Pending', scanMessage: null, scannedAt: null };
  const scannedAt = publishedAt + 480_000;
  if (plan.oddity === 'scan-error') return { scan: 'Error', scanMessage: null, scannedAt };
  if (plan.oddity === 'danger') {
    const imports = '**Detected Pickle imports (2)**\n```\nos.system\n__builtin__.eval\n```';
    return { scan: 'Danger', scanMessage: imports, scannedAt };
  }
  return { scan: 'Success', scanMessage: 'No Pickle imports', scannedAt };
}
