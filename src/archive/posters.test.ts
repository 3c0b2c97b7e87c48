import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { kindOf } from '../formats/image-kind.ts';
import { posterMaker } from './posters.ts';

const signal = new AbortController().signal;
const film = { path: '/models/film.mp4', url: 'https://image.civitai.com/x/y.mp4' };

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'civitarium-posters-'));
  const picture = sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } }).png();
  writeFileSync(join(folder, 'frame.png'), await picture.toBuffer());
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(() => vi.unstubAllEnvs());

/** A program of that name, the only one that is found. */
function ffmpeg(does: string): void {
  writeFileSync(join(folder, 'ffmpeg'), `#!/bin/sh\n${does}\n`);
  chmodSync(join(folder, 'ffmpeg'), 0o755);
  vi.stubEnv('PATH', folder);
}

describe('posterMaker', () => {
  it('takes the first frame by ffmpeg where the site is not asked', async () => {
    ffmpeg(`/bin/cat '${folder}/frame.png'`);
    const poster = await posterMaker({ send: undefined, apiUrl: 'https://civitai.com/api/v1', signal })(film);
    expect(kindOf(poster ?? new Uint8Array())).toBe('webp');
  });

  it.each([
    ['fails', 'exit 1'],
    ['says nothing', 'exit 0'],
    ['gives no picture', 'echo nonsense'],
  ])('gives none where ffmpeg %s', async (_what, does) => {
    ffmpeg(does);
    const make = posterMaker({ send: undefined, apiUrl: 'https://civitai.com/api/v1', signal });
    expect(await make(film)).toBeUndefined();
  });

  it('gives none where there is no ffmpeg', async () => {
    vi.stubEnv('PATH', join(folder, 'nowhere'));
    const make = posterMaker({ send: undefined, apiUrl: 'https://civitai.com/api/v1', signal });
    expect([await make(film), await make(film)]).toEqual([undefined, undefined]);
  });
});
