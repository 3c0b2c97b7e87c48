#!/usr/bin/env node
// Plain JavaScript that any Node can read: it says in one sentence when this Node is too old, then hands over.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < NEEDED) {
  const brought = existsSync(fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url)));
  console.error(
    `Civitarium needs Node ${NEEDED} or newer, and this is Node ${process.versions.node}. ` +
      (brought
        ? 'npm ci brought the right one along: node_modules/.bin/node bin/civitarium.js'
        : `Install a newer one from nodejs.org, or run: npx -p node@${NEEDED} -p civitarium civitarium`),
  );
  process.exit(1);
}

// glibc gives every thread a heap of its own and hands little of it back: a quarter of what a large scan would hold. It
// reads this setting when a process starts, so the process starts over, once, where much may be done.
const LIGHT = ['-h', '--help', '-V', '--version', 'help', 'config', 'doctor', 'missing', 'inspect', 'pin'];
if (process.env.CIVITARIUM_AGAIN !== undefined) {
  // It is for this process alone, not for a browser that it opens.
  delete process.env.CIVITARIUM_AGAIN;
  delete process.env.MALLOC_ARENA_MAX;
} else if (
  process.platform === 'linux' &&
  process.env.MALLOC_ARENA_MAX === undefined &&
  process.execve !== undefined &&
  !process.argv.some((word) => LIGHT.includes(word))
) {
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, again, {
    ...process.env,
    MALLOC_ARENA_MAX: '1',
    CIVITARIUM_AGAIN: '1',
  });
}

const source = new URL('../src/main.ts', import.meta.url);
const built = new URL('../dist/src/main.js', import.meta.url);
const inCheckout = existsSync(fileURLToPath(source)) && process.env.CIVITARIUM_BUILT !== '1';
const { enableCompileCache } = await import('node:module');
enableCompileCache?.();
await import(inCheckout ? source.href : built.href);
