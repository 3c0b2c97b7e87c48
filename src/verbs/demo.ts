import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { formatCount } from '../base/bytes.ts';
import { InterruptedError, UserError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { openCatalog } from '../catalog/open.ts';
import { lastRun } from '../catalog/run.ts';
import { makeSampleLibrary } from '../../standin/library/sample-library.ts';
import { startStandin } from '../../standin/start.ts';
import type { Deps } from './deps.ts';
import { flagOption, textOption } from './option.ts';
import type { Verb } from './verb.ts';

/** True where the program runs as it was written; there nothing put `civitarium` into the path. */
const IN_CHECKOUT = import.meta.url.endsWith('.ts');

/** `civitarium demo [--once]`: the main job, with nothing to set up. */
export const demo: Verb = {
  name: 'demo',
  summary: 'try it on a sample library, with nothing to set up',
  description:
    'Makes a folder of more than 200 sample models, starts a small stand-in for Civitai on this machine, and runs the real scan on them. Nothing leaves the machine and your own catalog is not touched. Delete the folder when you have seen enough.',
  examples: [
    ['civitarium demo', 'then open the gallery it names'],
    ['civitarium demo --once --output /tmp/try', 'somewhere else, and end at once'],
  ],
  arguments: [],
  options: [
    { name: 'once', kind: 'flag', summary: 'end when it is done, ask nothing' },
    {
      name: 'output',
      kind: 'text',
      value: 'DIR',
      default: 'civitarium-demo',
      summary: 'where the sample library goes (default ./civitarium-demo)',
    },
  ],
  async run(deps, input) {
    const folder = resolve(deps.cwd, textOption(input, 'output') ?? 'civitarium-demo');
    const models = join(folder, 'models');
    if (deps.settings.dryRun)
      return {
        counts: { total: 0 },
        warnings: [],
        failures: [],
        exitCode: 0,
        summary: [`Would make a sample library in ${models} and scan it.`],
      };
    if (existsSync(folder) && !existsSync(join(folder, '.civitarium-demo'))) {
      throw new UserError(`${folder} exists and is not a demo of ours.`, {
        code: 'not-a-demo',
        next: 'Name another folder with --output.',
      });
    }
    const standin = await startStandin({ models: 240, images: 5000, seed: 7 });
    try {
      const library = await makeSampleLibrary(standin.world, models, {
        marker: join(folder, '.civitarium-demo'),
      });
      const quiet = deps.settings.json || deps.settings.quiet;
      if (!quiet)
        process.stderr.write(
          `\n  A sample library of ${formatCount(library.files)} model files,\n  and a stand-in for Civitai on this machine.\n\n`,
        );
      const scanned = await runScan(deps, models, folder, standin.apiUrl);
      const gallery = join(models, 'gallery.html');
      const address = `${pathToFileURL(gallery).href}#sort=downloads`;
      if (deps.terminal.interactive && !flagOption(input, 'once')) await offerGallery(deps, address);
      return {
        counts: { ...scanned.counts, total: library.files },
        warnings: [],
        failures: [],
        exitCode: 0,
        summary: [
          '',
          'Open the gallery in a browser:',
          `  ${address}`,
          '',
          'Then scan your own models:',
          `  ${IN_CHECKOUT ? 'node_modules/.bin/node bin/civitarium.js' : 'civitarium'} scan ~/models`,
        ],
        data: { gallery, scan: scanned },
      };
    } finally {
      await standin.close();
    }
  },
};

interface Scanned {
  readonly counts: Readonly<Record<string, number>>;
}

/** The real command as a process of its own, with catalog and state inside the demo's folder. */
async function runScan(deps: Deps, models: string, folder: string, apiUrl: string): Promise<Scanned> {
  const program = fileURLToPath(
    new URL(IN_CHECKOUT ? '../../bin/civitarium.js' : '../../../bin/civitarium.js', import.meta.url),
  );
  const own = join(folder, '.civitarium-demo');
  const catalog = join(own, 'catalog.db');
  const env = {
    ...process.env,
    XDG_DATA_HOME: own,
    XDG_STATE_HOME: own,
    XDG_CACHE_HOME: own,
    XDG_CONFIG_HOME: own,
    CIVITARIUM_CONFIG: '',
    CIVITARIUM_CATALOG: catalog,
    CIVITAI_API_KEY: '',
  };
  const isSilent = deps.settings.quiet || deps.settings.json;
  const args = [
    program,
    'scan',
    models,
    '--api-url',
    apiUrl,
    '--rate',
    '6000',
    ...(isSilent ? ['--quiet'] : []),
  ];
  const child = spawn(process.execPath, args, {
    env,
    cwd: folder,
    stdio: ['ignore', isSilent ? 'ignore' : 'inherit', 'inherit'],
  });
  const onAbort = (): boolean => child.kill('SIGINT');
  deps.signal.addEventListener('abort', onAbort, { once: true });
  const code = await new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', done),
  );
  deps.signal.removeEventListener('abort', onAbort);
  if (deps.signal.aborted) throw new InterruptedError();
  // 3: the library holds damaged files on purpose.
  if (code !== 0 && code !== 3)
    throw new UserError(`The scan ended with code ${String(code)}.`, {
      code: 'demo-failed',
      next: 'Run it again with --debug and report what it says.',
    });
  return { counts: await countsOfRun(catalog, deps) };
}

async function countsOfRun(location: string, deps: Deps): Promise<Scanned['counts']> {
  const catalog = await openCatalog(location, { clock: deps.clock, readOnly: true });
  try {
    const result: unknown = JSON.parse((await lastRun(catalog.db, 'scan'))?.result ?? 'null');
    return isRecord(result) && isRecord(result['counts']) ? (result['counts'] as Scanned['counts']) : {};
  } finally {
    await catalog.close();
  }
}

async function offerGallery(deps: Deps, address: string): Promise<void> {
  if (!(await deps.terminal.confirm('Open the gallery now?', true))) return;
  const [command, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['explorer', [address]]
        : ['xdg-open', [address]];
  spawn(command as string, args as string[], { detached: true, stdio: 'ignore' })
    .on('error', () => undefined)
    .unref();
}
