import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HeldFile } from './held-file.ts';
import { openTempSoon } from './temp-file.ts';

const ROOM = 64;

describe('HeldFile', () => {
  let folder: string;
  const held = (): HeldFile =>
    new HeldFile(new Uint8Array(ROOM), () => openTempSoon(folder, { name: 'a', hashed: false }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-held-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes whatever it was given, in whatever pieces, and knows its hash', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: ROOM * 2 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pieces, async (chunks) => {
        const file = held();
        for (const chunk of chunks) await file.write(chunk);
        const all = Buffer.concat(chunks);

        const sha256 = file.sha256();
        const { bytes } = file;
        const temp = await file.temp();

        expect(sha256).toBe(createHash('sha256').update(all).digest('hex'));
        expect(temp.finish().size).toBe(all.length);
        expect(readFileSync(temp.path).equals(all)).toBe(true);
        expect(bytes === undefined).toBe(all.length > ROOM);
        if (bytes !== undefined) expect(all.equals(bytes)).toBe(true);
        file.discard();
        expect(readdirSync(folder)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('touches the disk only when the bytes are more than it holds', async () => {
    const file = held();
    await file.write(new Uint8Array(ROOM));
    expect(readdirSync(folder)).toEqual([]);

    await file.write(new Uint8Array(1));

    expect(readdirSync(folder)).toHaveLength(1);
    file.discard();
  });

  it.each([ROOM, ROOM + 1])('forgets %d bytes when it is begun anew', async (length) => {
    const file = held();
    await file.write(new Uint8Array(length).fill(1));

    file.restart();
    await file.write(Buffer.from('new'));

    expect(file.sha256()).toBe(createHash('sha256').update('new').digest('hex'));
    const temp = await file.temp();
    expect(readFileSync(temp.path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toHaveLength(1);
    file.discard();
  });
});
