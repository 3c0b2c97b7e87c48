import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import sharp from 'sharp';
import { sceneSvg } from '../pictures/scene.ts';
import type { World } from '../world/types.ts';
import { planSample } from './sample-plan.ts';
import type { PlannedModel, Trait } from './sample-plan.ts';
import { writeFiles } from './write-files.ts';
import type { PlannedFile } from './write-files.ts';

export interface SampleOptions {
  /** How many of the world's models are taken; default all of them. */
  readonly models?: number;
  /** A folder made once the library is whole, to know it by. */
  readonly marker?: string;
}

/** One model file of the library. */
interface SampleFile {
  /** Relative to the folder, parts joined by `/`. */
  readonly path: string;
  readonly trait: Trait;
  /** 64 lower-case digits. */
  readonly sha256: string;
  readonly size: number;
  /** Whether the site knows the bytes: a lookup by hash finds a published version. */
  readonly found: boolean;
}

export interface SampleLibrary {
  /** Number of model files. */
  readonly files: number;
  readonly entries: readonly SampleFile[];
  /** Files of the user's own beside models, which nobody may touch. Relative paths. */
  readonly foreign: readonly string[];
}

/**
 * Writes a library as a person might have it: models of the world in typed folders, own trainings, copies, hostile names,
 * damage, and a few files of the user's own. Takes a moment, and doing it twice changes nothing.
 */
export async function makeSampleLibrary(
  world: World,
  folder: string,
  options: SampleOptions = {},
): Promise<SampleLibrary> {
  const plan = planSample(world, options.models ?? Infinity);
  const made = new Map<string, SampleFile>();
  const files = plan.map((file): PlannedFile => ({
    path: file.path,
    bytes: () => noting(world, file, made),
  }));
  const foreign = foreignFiles(plan);
  await writeFiles(folder, [...files, ...foreign]);
  if (options.marker !== undefined) await mkdir(options.marker, { recursive: true });
  const entries = plan.map((file) => made.get(file.path)).filter((entry) => entry !== undefined);
  return { files: entries.length, entries, foreign: foreign.map((file) => file.path) };
}

async function noting(world: World, file: PlannedModel, made: Map<string, SampleFile>): Promise<Buffer> {
  const bytes = await file.bytes();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  made.set(file.path, {
    path: file.path,
    trait: file.trait,
    sha256,
    size: bytes.length,
    found: isFound(world, sha256),
  });
  return bytes;
}

/** Whether lookups by hash answer for these bytes. */
function isFound(world: World, sha256: string): boolean {
  return world.filesBySha256(sha256).some((file) => {
    const version = world.version(file.versionId);
    return version?.status === 'Published' && world.modelOf(file.versionId)?.status === 'Published';
  });
}

/** What A1111 and the user left beside models. */
function foreignFiles(plan: readonly PlannedModel[]): PlannedFile[] {
  const [first, second] = plan.filter((file) => file.path.startsWith('Lora/') && file.trait === 'plain');
  const stem = (path: string): string => path.slice(0, path.lastIndexOf('.'));
  const notes = {
    description: 'The one I use most.',
    'sd version': 'SDXL',
    'activation text': 'my favourite words',
    'preferred weight': 0.75,
    notes: 'Keep this file.',
  };
  const files: PlannedFile[] = [{ path: 'Lora/Put Lora here.txt', bytes: () => Buffer.alloc(0) }];
  if (first !== undefined) {
    files.push({
      path: `${stem(first.path)}.json`,
      bytes: () => Buffer.from(`${JSON.stringify(notes, null, 4)}\n`),
    });
  }
  if (second !== undefined) {
    const scene = Buffer.from(sceneSvg(4_711, 384, 576));
    files.push({ path: `${stem(second.path)}.preview.png`, bytes: () => sharp(scene).png().toBuffer() });
  }
  return files;
}
