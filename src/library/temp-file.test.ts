import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTemp } from './temp-file.ts';

let folder: string;

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'civitarium-temp-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Files of the folder that this process holds open; none where the system does not tell. */
function heldOpen(): string[] {
  if (!existsSync('/proc/self/fd')) return [];
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return [];
    }
  });
}

describe('a temp file whose sync begins ahead', () => {
  it('is synced once, tells its time to whoever waits for it, and is closed', async () => {
    const points: string[] = [];
    const temp = openTemp(folder, { fault: (point) => void points.push(point) });
    temp.write(Buffer.from('bytes'));
    temp.syncAhead();

    const [first, second] = await Promise.all([temp.sync(), temp.sync()]);

    expect(first).toMatch(/^\d{19}$/);
    expect(second).toBe(first);
    expect(points).toEqual(['place.opened', 'place.written', 'place.synced']);
    expect(readFileSync(temp.path, 'utf8')).toBe('bytes');
    expect(heldOpen()).toEqual([]);
  });

  it('leaves nothing and holds nothing when it is discarded meanwhile', async () => {
    const temp = openTemp(folder);
    temp.write(Buffer.alloc(1_000_000, 1));
    temp.syncAhead();
    temp.discard();

    await temp.sync();

    expect(readdirSync(folder)).toEqual([]);
    expect(heldOpen()).toEqual([]);
  });

  it('tells what went wrong to whoever waits for it, and to nobody before', async () => {
    const temp = openTemp(folder, {
      fault: (point) => {
        if (point === 'place.synced') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    });
    temp.syncAhead();
    await new Promise((done) => setTimeout(done, 20));

    await expect(temp.sync()).rejects.toMatchObject({ code: 'disk-full' });
    expect(readdirSync(folder)).toEqual([]);
    expect(heldOpen()).toEqual([]);
  });
});
