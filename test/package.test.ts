import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout, IS_CHECKOUT, runIn } from './checkout.ts';
import type { Outcome } from './checkout.ts';
import { makeHome } from './cli.ts';
import type { Home } from './cli.ts';

const SLOW_MS = 300_000;
const NEEDED = 24;

if (!IS_CHECKOUT) console.warn('This is no git checkout: the package is not packed.');

describe.skipIf(!IS_CHECKOUT)('the package', () => {
  let folder: string;
  let installed: string;
  let home: Home;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-package-'));
    home = makeHome();
    const checkout = join(folder, 'checkout');
    mkdirSync(checkout);
    copyCheckout(checkout);
    // `prepare` builds it, as it does before anything is published.
    mustEndWell(runIn(checkout, 'npm', 'pack', '--pack-destination', folder));
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    const prefix = join(folder, 'prefix');
    mkdirSync(prefix);
    mustEndWell(
      runIn(
        folder,
        'npm',
        'install',
        '--prefix',
        prefix,
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        join(folder, tarball),
      ),
    );
    installed = join(prefix, 'node_modules', 'civitarium');
  }, SLOW_MS);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    home.remove();
  });

  /** The command that npm linked, on the Node of this run. */
  const civitarium = (...args: readonly string[]): SpawnSyncReturns<string> => {
    const PATH = [dirname(process.execPath), home.env['PATH'] ?? ''].join(delimiter);
    return spawnSync(join(installed, '..', '.bin', 'civitarium'), args, {
      cwd: home.folder,
      env: { ...home.env, PATH },
      encoding: 'utf8',
    });
  };

  it('reads its largest library from one file, with its licence on top', () => {
    const program = join(installed, 'dist/src');
    const library = readFileSync(join(program, 'libraries/kysely.js'), 'utf8');
    const scripts = readdirSync(program, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.js') && !name.startsWith('libraries'),
    );

    expect(library).toMatch(/^\/\*! kysely\s+The MIT License[\s\S]+Copyright[\s\S]+\*\//);
    expect(scripts.length).toBeGreaterThan(100);
    expect(
      scripts.filter((name) => /from ['"]kysely['"]/.test(readFileSync(join(program, name), 'utf8'))),
    ).toEqual([]);
  });

  it('holds built JavaScript and what goes with it: no sources, no tests, no notes', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true, encoding: 'utf8' })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes(join(installed, 'node_modules')))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(installed.length + 1)
          .replaceAll('\\', '/'),
      );

    expect(files).toEqual(
      expect.arrayContaining([
        'bin/civitarium.js',
        'dist/src/main.js',
        'dist/standin/start.js',
        'dist/web/gallery.js',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'package.json',
      ]),
    );
    expect(files.filter((name) => /\.tsx?$|\.test\.|(?:^|\/)testing\/|\.map$/.test(name))).toEqual([]);
    expect(
      files.filter(
        (name) =>
          !/^(?:bin\/|dist\/(?:src|standin|web)\/|README\.md$|LICENSE$|CHANGELOG\.md$|package\.json$)/.test(
            name,
          ),
      ),
    ).toEqual([]);
  });

  it('brings no tool of the workshop', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };

    expect(Object.keys(devDependencies).filter((name) => existsSync(join(installed, '..', name)))).toEqual(
      [],
    );
  });

  it('shows its help', () => {
    const { status, stdout, stderr } = civitarium('--help');

    expect(status, stderr).toBe(0);
    expect(stdout).toContain('Usage: civitarium');
  });

  it(
    'runs the demo from beginning to end',
    () => {
      const { status, stdout, stderr } = civitarium('demo', '--once', '--json');

      expect(status, stderr).toBe(0);
      const { counts, gallery } = JSON.parse(stdout) as { counts: Record<string, number>; gallery: string };
      expect(counts['files']).toBeGreaterThan(200);
      expect(counts['identified']).toBeGreaterThan(150);
      expect(readFileSync(gallery, 'utf8')).toContain('gallery.files/gallery.js');
    },
    SLOW_MS,
  );

  it('says one clear sentence on an older Node, and ends with 1', () => {
    const old = oldNode();
    const program = join(installed, 'bin', 'civitarium.js');

    const { status, stdout, stderr } = spawnSync(old.command, [...old.args, program, 'scan', '.'], {
      encoding: 'utf8',
    });

    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`Civitarium needs Node ${NEEDED} or newer, and this is Node ${old.version}.`);
  });
});

function mustEndWell({ code, output }: Outcome): void {
  if (code !== 0) throw new Error(output);
}

/** An older Node of this machine; where there is none, the present one under a false name. */
function oldNode(): { command: string; args: readonly string[]; version: string } {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((path) => !path.includes('node_modules'));
  for (const command of folders.map((path) => join(path, 'node')).filter((path) => existsSync(path))) {
    const version = spawnSync(command, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
    if (Number(version.split('.')[0]) < NEEDED) return { command, args: [], version };
  }
  console.warn('No older Node on this machine: the sentence for it is tried on this one under a false name.');
  const disguise =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })';
  return {
    command: process.execPath,
    args: ['--import', `data:text/javascript,${encodeURIComponent(disguise)}`],
    version: '20.1.0',
  };
}
