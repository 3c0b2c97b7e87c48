/**
 * Builds `dist/`: the browser app to `dist/web`, and unless `--web` is given the program to `dist/src` and
 * `dist/standin`. Each part is made beside its place and moved in whole files, so that others can read it meanwhile.
 * Types are not checked here: `npm run check` does that.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleLibrary } from './bundle-library.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const require = createRequire(import.meta.url);

async function build(): Promise<void> {
  const made = join(DIST, `.making-${process.pid}`);
  await mkdir(made, { recursive: true });
  try {
    await bundleWeb(join(made, 'web'));
    await moveIn(join(made, 'web'), join(DIST, 'web'));
    if (process.argv.includes('--web')) return;
    emitProgram(made);
    await bundleLibrary('kysely', join(made, 'src'));
    for (const part of ['src', 'standin']) {
      await copyPlainFiles(join(ROOT, part), join(made, part));
      await moveIn(join(made, part), join(DIST, part));
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

/** One classic script and one style sheet a page kind: module scripts are blocked on `file://`. */
async function bundleWeb(outdir: string): Promise<void> {
  const { build: bundle } = await import('esbuild');
  await bundle({
    absWorkingDir: ROOT,
    entryPoints: {
      gallery: 'web/gallery/main.tsx',
      page: 'web/page/main.ts',
      images: 'web/images/main.tsx',
    },
    outdir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  });
  await bundle({
    absWorkingDir: ROOT,
    entryPoints: {
      gallery: 'web/styles/gallery.css',
      page: 'web/styles/page.css',
      images: 'web/styles/images.css',
    },
    outdir,
    bundle: true,
    minify: true,
    target: ['chrome123', 'firefox120', 'safari17.5'],
    logLevel: 'warning',
  });
}

/** TypeScript to JavaScript, imports rewritten to `.js`. */
function emitProgram(outDir: string): void {
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  const args = [compiler, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', outDir];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (run.status !== 0) throw new Error('TypeScript could not be turned into JavaScript; see above.');
}

/** What the program reads beside its code travels with it; sources, notes and tests do not. */
async function copyPlainFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    if (entry.isDirectory()) await copyPlainFiles(source, join(to, entry.name));
    else if (!['.ts', '.md'].includes(extname(entry.name))) await cp(source, join(to, entry.name));
  }
}

/**
 * Moves a part into `dist/` file by file, each replaced in one step, and then removes what is not of it any more: who
 * reads it meanwhile finds every file.
 */
async function moveIn(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries) {
    const [source, place] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await moveIn(source, place);
    else await rename(source, place);
  }
  const names = new Set(entries.map((entry) => entry.name));
  for (const name of await readdir(to)) {
    if (!names.has(name)) await rm(join(to, name), { recursive: true, force: true });
  }
}

/** The tools are devDependencies: without them there is nothing to build with, and an earlier build may do. */
function missingTool(): string | undefined {
  return ['esbuild', 'typescript/package.json', 'preact'].find((name) => {
    try {
      require.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}

const missing = missingTool();
if (missing === undefined) {
  try {
    await build();
  } catch (error) {
    console.error(`The build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
} else {
  console.error(
    `Nothing built: ${missing.split('/')[0] ?? missing} is not installed. Run npm ci without --omit=dev.`,
  );
}
