import { contentMaker } from '../world/content.ts';
import { random } from '../world/random.ts';
import type { World, WorldFile } from '../world/types.ts';
import { QUALITIES } from '../world/words.ts';
import { folderOf, isModelFile } from './folders.ts';
import { HOSTILE_NAMES } from './hostile-names.ts';
import type { PlannedFile } from './write-files.ts';

/** What is special about a file of the library. */
export type Trait = 'plain' | 'own-training' | 'duplicate' | 'hostile-name' | 'truncated' | 'empty';

export interface PlannedModel extends PlannedFile {
  readonly trait: Trait;
}

/** Every model file of the sample library. `models`: how many of the world's are taken. */
export function planSample(world: World, models: number): PlannedModel[] {
  const known = worldFiles(world, models);
  const plan = known.map(({ file, path }) => planned(path, 'plain', () => world.bytesOf(file)));
  return [
    ...plan,
    ...ownTrainings(world),
    ...duplicates(world, known),
    ...hostile(world, known),
    ...damaged(world, known),
  ];
}

function planned(path: string, trait: Trait, bytes: () => Buffer): PlannedModel {
  return { path, trait, bytes };
}

interface Placed {
  readonly file: WorldFile;
  readonly path: string;
}

/** The newest version of each model, now and then an older one too, each under a name of its own. */
function worldFiles(world: World, models: number): Placed[] {
  const placed: Placed[] = [];
  const taken = new Set<string>();
  let used = 0;
  for (const id of world.modelIds()) {
    const model = world.model(id);
    if (model === undefined || used >= models) continue;
    const files = model.versions.slice(0, 1 + (id % 4 === 0 ? 1 : 0)).flatMap((version) => {
      const file = version.files.find((one) => isModelFile(one.name));
      return file === undefined ? [] : [{ file, folder: folderOf(model.type, version.baseModel) }];
    });
    if (files.length > 0) used += 1;
    for (const { file, folder } of files) placed.push({ file, path: unique(taken, folder, file.name) });
  }
  return placed;
}

/** `name.ext`, then `name-2.ext`, …; letter case does not make a name another. */
function unique(taken: Set<string>, folder: string, name: string): string {
  const dot = name.lastIndexOf('.');
  for (let number = 1; ; number += 1) {
    const path = `${folder}/${number === 1 ? name : `${name.slice(0, dot)}-${number}${name.slice(dot)}`}`;
    if (taken.has(path.toLowerCase())) continue;
    taken.add(path.toLowerCase());
    return path;
  }
}

const OWN = ['my_dog_rex', 'grandmas_garden', 'village_sketches', 'old_tram_photos', 'clay_figures', 'ink_cats', 'night_harbour', 'family_faces', 'toy_robots', 'kitchen_style', 'birch_forest', 'paper_theatre'] as const; // prettier-ignore

/** Networks that nobody uploaded, with all that a trainer writes into the header. */
function ownTrainings(world: World): PlannedModel[] {
  // Another seed than the world's, so that the site can't know the bytes.
  const make = contentMaker(world.seed + 1_000_003);
  return OWN.map((name, at) => {
    const chance = random(world.seed, 'own', name);
    const facts = {
      name,
      baseModel: at % 3 === 0 ? 'SD 1.5' : 'SDXL 1.0',
      words: [name.replaceAll('_', ' '), ...chance.some(QUALITIES, 2)],
      at: world.startedAt - at * 86_400_000 * 9,
      rich: true,
    };
    const key = `${at % 5 === 4 ? 'locon' : 'lora'}:${name}`;
    return planned(`Lora/own trainings/${name}.safetensors`, 'own-training', () => make(key, facts));
  });
}

/** The same bytes once more, elsewhere and under another name. */
function duplicates(world: World, known: readonly Placed[]): PlannedModel[] {
  const chosen = known.filter(({ file }) => file.format === 'SafeTensor').filter((_, at) => at % 23 === 5);
  return chosen.slice(0, 8).map(({ file }, at) => {
    const path =
      at % 2 === 0 ? `Lora/backup/copy ${at + 1}.safetensors` : `downloads/${file.id} (${at}).safetensors`;
    return planned(path, 'duplicate', () => world.bytesOf(file));
  });
}

/** Known bytes under hostile names; every third unknown to the site. */
function hostile(world: World, known: readonly Placed[]): PlannedModel[] {
  const make = contentMaker(world.seed + 1_000_003);
  const lent = known.filter(({ file }) => file.format === 'SafeTensor' && file.scan === 'Success');
  const pickles = known.filter(({ file }) => file.format === 'PickleTensor');
  return HOSTILE_NAMES.map(({ name }, at) => {
    const pool = /\.(?:ckpt|pt)$/.test(name) && pickles.length > 0 ? pickles : lent;
    const source = pool[(at * 7) % Math.max(1, pool.length)];
    const facts = { name: 'odd', baseModel: 'SDXL 1.0', words: ['odd'], at: world.startedAt, rich: false };
    const bytes =
      at % 3 === 2 || source === undefined
        ? () => make(`lora:hostile${at}`, facts)
        : () => world.bytesOf(source.file);
    return planned(`odd names/${name}`, 'hostile-name', bytes);
  });
}

function damaged(world: World, known: readonly Placed[]): PlannedModel[] {
  const source = known.find(({ path }) => path.startsWith('Lora/'));
  const half = (): Buffer => {
    const bytes = source === undefined ? Buffer.alloc(100) : world.bytesOf(source.file);
    return bytes.subarray(0, 600);
  };
  return [
    planned('Lora/interrupted_download.safetensors', 'truncated', half),
    planned('Stable-diffusion/empty.safetensors', 'empty', () => Buffer.alloc(0)),
  ];
}
