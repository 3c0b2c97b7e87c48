import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeStaleTempsBelow } from './stale-temps.ts';
import { testItems } from './testing/place-files.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'civitarium-kill-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function tree(): Map<string, string> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(root, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}

const PROGRAM = new URL('./testing/place-files.ts', import.meta.url).pathname;
const POINTS = ['opened:70', 'written:1', 'synced:40', 'renamed:33', 'folder-synced:1'];

describe('placeAll', () => {
  it.each(POINTS)(
    'killed at %s leaves only whole files, and a rerun ends as if nothing had been',
    (point) => {
      writeFileSync(join(root, 'file 1.txt'), 'old');
      const env = { ...process.env, CIVITARIUM_FAULT: `kill@place.${point}` };

      const killed = spawnSync(process.execPath, [PROGRAM, root], { env });

      expect(killed.signal).toBe('SIGKILL');
      for (const [name, text] of tree()) {
        if (name.endsWith('.tmp')) continue;
        expect(['old', `new ${/\d+/.exec(name)?.[0]} `.repeat(500)]).toContain(text);
      }

      expect(spawnSync(process.execPath, [PROGRAM, root]).status).toBe(0);
      removeStaleTempsBelow(root);
      const wanted = testItems(root).map(({ path, bytes }): [string, string] => [
        path.slice(root.length + 1),
        String(bytes),
      ]);
      expect(tree()).toEqual(new Map(wanted));
    },
  );
});
