import { contentMaker } from '../world/content.ts';
import type { World, WorldFile } from '../world/types.ts';
import { isModelFile } from './folders.ts';
import { writeFiles } from './write-files.ts';
import type { PlannedFile } from './write-files.ts';

export interface BenchOptions {
  /** How many files in all. */
  readonly files: number;
  /** How many of them the site does not know. */
  readonly unknown: number;
  /** Files a folder holds; default 100. */
  readonly perFolder?: number;
}

/**
 * Writes many small model files, no two alike, for benchmarks: `files - unknown` of the world's, the rest unknown to it.
 * Throws RangeError when the world has not so many.
 */
export async function makeBenchLibrary(
  world: World,
  folder: string,
  options: BenchOptions,
): Promise<{ files: number }> {
  const known = differentFiles(world, options.files - options.unknown);
  const make = contentMaker(world.seed + 1_000_003);
  const perFolder = options.perFolder ?? 100;
  const plan = Array.from({ length: options.files }, (_, at): PlannedFile => {
    const place = `folder ${String(Math.floor(at / perFolder)).padStart(4, '0')}`;
    const file = known[at];
    if (file !== undefined) {
      const ext = file.name.slice(file.name.lastIndexOf('.'));
      return { path: `${place}/model ${at}${ext}`, bytes: () => world.bytesOf(file) };
    }
    const facts = {
      name: `own ${at}`,
      baseModel: 'SDXL 1.0',
      words: ['own'],
      at: world.startedAt,
      rich: false,
    };
    return { path: `${place}/model ${at}.safetensors`, bytes: () => make(`lora:bench${at}`, facts) };
  });
  await writeFiles(folder, plan);
  return { files: plan.length };
}

/** One file of each model in turn, then second files, until there are enough; only what a lookup by hash finds. */
function differentFiles(world: World, wanted: number): WorldFile[] {
  const chosen = new Map<string, WorldFile>();
  const candidates = world.modelIds().flatMap((id) => {
    const model = world.model(id);
    if (model?.status !== 'Published') return [];
    const published = model.versions.filter((version) => version.status === 'Published');
    return [
      published.flatMap((version) =>
        version.files.filter((file) => isModelFile(file.name) && file.scan !== 'Pending'),
      ),
    ];
  });
  const rounds = Math.max(0, ...candidates.map((files) => files.length));
  for (let round = 0; round < rounds; round += 1) {
    for (const files of candidates) {
      const file = files[round];
      if (chosen.size >= wanted) break;
      if (file !== undefined && !chosen.has(file.contentKey)) chosen.set(file.contentKey, file);
    }
  }
  if (chosen.size < wanted)
    throw new RangeError(`The world has ${chosen.size} files for a library of ${wanted}.`);
  return [...chosen.values()];
}
