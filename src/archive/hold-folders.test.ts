import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InterruptedError } from '../base/errors.ts';
import { holdFolders } from './hold-folders.ts';
import type { HoldOptions } from './hold-folders.ts';

let home = '';
let waits: string[] = [];
let troubles: string[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'civitarium-hold-'));
  waits = [];
  troubles = [];
  for (const name of ['a', 'b']) mkdirSync(join(home, name));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function options(signal: AbortSignal = new AbortController().signal): HoldOptions {
  return {
    lockFolder: join(home, 'locks'),
    signal,
    onWait: (folder) => waits.push(folder),
    onTrouble: (folder) => troubles.push(folder),
  };
}

const hold = (...names: string[]): Promise<() => void> =>
  holdFolders(
    names.map((name) => join(home, name)),
    options(),
  );

describe('holdFolders', () => {
  it('lets one in at a time, tells the other once that it waits, and lets it in then', async () => {
    const order: string[] = [];
    const release = await hold('a', 'b');

    const second = hold('b').then((releaseSecond) => {
      order.push('second');
      releaseSecond();
    });
    await new Promise((done) => setTimeout(done, 250));
    order.push('first ends');
    release();
    await second;

    expect(order).toEqual(['first ends', 'second']);
    expect(waits).toEqual([join(home, 'b')]);
  });

  it('lets different folders be worked in at once, and knows one folder by all its names', async () => {
    symlinkSync(join(home, 'a'), join(home, 'also a'));
    const releases = [await hold('a'), await hold('b')];
    const controller = new AbortController();

    const third = holdFolders([join(home, 'also a')], {
      ...options(controller.signal),
      onWait: () => controller.abort(),
    });

    await expect(third).rejects.toThrow(InterruptedError);
    for (const release of releases) release();
  });

  it('is let in when the holder is killed', async () => {
    const program = `import { holdFolders } from ${JSON.stringify(new URL('./hold-folders.ts', import.meta.url).href)};
      await holdFolders([${JSON.stringify(join(home, 'a'))}], { lockFolder: ${JSON.stringify(join(home, 'locks'))}, signal: new AbortController().signal });
      console.log('held');
      setInterval(() => undefined, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');

    const release = holdFolders([join(home, 'a')], { ...options(), onWait: () => holder.kill('SIGKILL') });

    await expect(release).resolves.toBeTypeOf('function');
    (await release)();
  });

  it('goes on without a lock where none can be made, and says so', async () => {
    writeFileSync(join(home, 'locks'), 'in the way');

    const release = await hold('a');

    release();
    expect(troubles).toEqual([join(home, 'a')]);
  });
});
