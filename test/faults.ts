import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

/** The environment in which the program is killed, or its disk fails, at the N-th passage of a named point. */
export function faultAt(
  what: 'kill' | 'ENOSPC' | 'EIO',
  point: string,
  passage = 1,
): Readonly<Record<string, string>> {
  return { CIVITARIUM_FAULT: `${what}@${point}:${passage}` };
}

/** What happens at a commit of the catalog on SQLite: the program is killed before or after it, or the disk is full. */
export function atCommit(
  what: 'before' | 'after' | 'full',
  passage: number,
): Readonly<Record<string, string>> {
  const preload = new URL('./stories/testing/disturb-commits.ts', import.meta.url).href;
  return { NODE_OPTIONS: `--import=${preload}`, CIVITARIUM_TEST_COMMIT: `${what}:${passage}` };
}

/** The names of all points in the program, as its source has them. */
export function faultPoints(): string[] {
  const texts = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing'))
    .map((name) => readFileSync(join(SOURCE, name), 'utf8'));
  const found = texts.flatMap((text) =>
    [...text.matchAll(/\bfault(?:Point)?\)?\('([\w.-]+)'\)/g)].map((match) => match[1] ?? ''),
  );
  return [...new Set(found)].sort();
}
