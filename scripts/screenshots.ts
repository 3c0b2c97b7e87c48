/** `npm run screenshots`: has the browser tests take their pictures and puts them, made small, into docs/images/. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TARGET = join(ROOT, 'docs', 'images');
/** The tests that take pictures. */
const TAKERS = ['test/gallery.browser.test.ts', 'test/stories/faces.test.ts'];
/** Bytes a picture may have at most; fewer colours until it fits. */
const MOST_BYTES = 290_000;

async function shrink(from: string, to: string): Promise<void> {
  for (const colours of [256, 128, 64, 32]) {
    const { size } = await sharp(from).png({ palette: true, colours, effort: 10 }).toFile(to);
    if (size <= MOST_BYTES) return;
  }
  console.log(`${to} is larger than ${MOST_BYTES} bytes.`);
}

async function main(): Promise<number> {
  const taken = mkdtempSync(join(tmpdir(), 'civitarium-pictures-'));
  try {
    const args = ['run', ...TAKERS, '-t', 'pictures.* for the documents'];
    const env = { ...process.env, CIVITARIUM_SCREENSHOTS: taken };
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const { status } = spawnSync(process.execPath, [vitest, ...args], { cwd: ROOT, env, stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
    mkdirSync(TARGET, { recursive: true });
    for (const name of readdirSync(taken)) await shrink(join(taken, name), join(TARGET, name));
    return 0;
  } finally {
    rmSync(taken, { recursive: true, force: true });
  }
}

process.exitCode = await main();
