import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Standin } from '../../../standin/start.ts';
import type { WorldFile, WorldModel } from '../../../standin/world/types.ts';
import { ordinalOf } from '../../../standin/world/oddities.ts';
import type { Oddity } from '../../../standin/world/oddities.ts';
import { makeHome } from '../../cli.ts';
import type { CliOptions, CliResult, Home } from '../../cli.ts';
import { treeOf } from '../../tree.ts';

/** A user who gets things from a stand-in into `out` in their home. */
export interface GetStory {
  readonly home: Home;
  /** Absolute. */
  readonly out: string;
  get(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** The bytes of a file in `out`, hashed; `undefined` when it is not there. */
  hashOf(name: string): string | undefined;
  /** All that lies in `out`, temp files and parts included. */
  tree(): Record<string, string>;
  /** Parts and temp files of ours in `out`. */
  leftovers(): string[];
}

/** Makes a user with an empty home. */
export function makeGetStory(standin: Standin): GetStory {
  const home = makeHome();
  const out = join(home.folder, 'out');
  return {
    home,
    out,
    get: (args, options = {}) =>
      home.run(
        ['get', ...args, '--output', 'out', '--api-url', standin.apiUrl, '--rate', '60000', '--json'],
        { timeoutMs: 60_000, ...options },
      ),
    hashOf: (name) => (existsSync(join(out, name)) ? sha256(readFileSync(join(out, name))) : undefined),
    tree: () => (existsSync(out) ? treeOf(out) : {}),
    leftovers: () =>
      existsSync(out) ? readdirSync(out).filter((name) => /\.civitarium-.*\.(?:tmp|part)$/.test(name)) : [],
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a tree holds, but for pages and data, which name their folder: that is another one for each user. */
export function steady({ tree }: GetStory): Record<string, string> {
  const entries = Object.entries(tree());
  return Object.fromEntries(
    entries.map(([path, hash]) => [path, /\.html$|^gallery\.files\/.*\.js$/.test(path) ? 'there' : hash]),
  );
}

/** A model of the world with its newest version's primary file. */
export interface Sample {
  readonly model: WorldModel;
  readonly file: WorldFile;
  readonly bytes: Uint8Array;
}

/** The nth model of the world; even ones have nothing odd. */
export function sampleAt(standin: Standin, nth: number): Sample {
  const model = standin.world.model(standin.world.modelIds()[nth] ?? 0);
  const version = model?.versions.find((one) => one.status === 'Published');
  const file = version?.files.find((one) => one.primary) ?? version?.files[0];
  if (model === undefined || file === undefined) throw new Error(`The model ${nth} has no file.`);
  return { model, file, bytes: standin.world.bytesOf(file) };
}

/** The model with an oddity. */
export function oddSample(standin: Standin, oddity: Oddity): Sample {
  return sampleAt(standin, ordinalOf(oddity));
}
