import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { kindOf } from '../../src/formats/image-kind.ts';
import { makeHome } from '../cli.ts';
import type { CliResult, Home } from '../cli.ts';
import { treeOf } from '../tree.ts';

let standin: Standin;
let home: Home;
let models: string;
let output: string;
let first: CliResult;

beforeAll(async () => {
  standin = await startStandin({ models: 100, images: 0, seed: 7 });
  home = makeHome();
  models = join(home.folder, 'models');
  output = join(home.folder, 'out');
  mkdirSync(models);
  writeFileSync(join(models, 'film.safetensors'), filmFirst());
  first = await scan(output);
});

afterAll(async () => {
  home.remove();
  await standin.close();
});

/** The bytes of a model of which the first thing that the site shows is a film. */
function filmFirst(): Buffer {
  for (const id of standin.world.modelIds()) {
    const version = standin.world.model(id)?.versions[0];
    const file = version?.files.find((one) => one.type === 'Model' && one.visibility === 'Public');
    const images = version === undefined ? [] : standin.world.imagesOf(version.id);
    if (file !== undefined && images.length > 2 && images[0]?.type === 'video')
      return standin.world.bytesOf(file);
  }
  throw new Error('The world has no model whose first preview is a film.');
}

function scan(to: string, ...args: string[]): Promise<CliResult> {
  const where = to === '' ? [] : ['--profile', 'collected', '--output', to];
  const common = ['--images', '3', '--api-url', standin.apiUrl, '--rate', '60000', '--json'];
  return home.run(['scan', models, ...where, ...args, ...common]);
}

interface Card {
  readonly thumb: string;
  readonly video: string;
}

function cardIn(folder: string): Card {
  const window: { civitariumCards: { columns: Record<keyof Card, string[]> }[] } = { civitariumCards: [] };
  runInNewContext(readFileSync(join(folder, 'gallery.files/cards.js'), 'utf8'), { window });
  const columns = window.civitariumCards[0]?.columns;
  return { thumb: columns?.thumb[0] ?? '', video: columns?.video[0] ?? '' };
}

/** What a link of a page leads to, absolute. */
function target(page: string, href: string | undefined): string {
  return fileURLToPath(new URL(href ?? 'nowhere', pathToFileURL(page)));
}

/** The links of one attribute in a page. */
function links(page: string, attribute: RegExp): string[] {
  return [...readFileSync(page, 'utf8').matchAll(attribute)].map((match) => target(page, match[1]));
}

describe('a model of which the first preview is a film', () => {
  it('has it under its true ending, with what the site says of it beside each preview', () => {
    expect(first.code, first.stderr).toBe(0);
    const names = readdirSync(join(output, 'film')).filter((name) => name.includes('preview_'));
    expect(names).toContain('film_preview_0.mp4');
    expect(names.filter((name) => name.endsWith('.json'))).toHaveLength(3);
    const said = JSON.parse(readFileSync(join(output, 'film/film_preview_0.json'), 'utf8')) as object;
    expect(said).toMatchObject({ type: 'video', url: expect.any(String) });
  });

  it('has a cover in the gallery and in the index: a still that is a picture, and the film behind it', () => {
    const card = cardIn(output);
    for (const page of ['gallery.html', 'index.html']) {
      const html = readFileSync(join(output, page), 'utf8');
      expect(html).toContain('src="gallery.files/cards.js"');
      const still = target(join(output, page), card.thumb);
      expect(kindOf(readFileSync(still))).toBe('webp');
      expect(kindOf(readFileSync(target(join(output, page), card.video)))).toBe('mp4');
    }
  });

  it('has the still on its page: as the poster of the film, and in the strip', () => {
    const page = join(output, 'film/film.html');
    const posters = links(page, /<video\s[^>]*?poster="([^"]+)"/g);
    expect(posters).toHaveLength(1);
    const strip = links(page, /<img\s+src="([^"]+)"/g).filter((path) => path.includes('/thumbs/'));
    expect(strip.length).toBeGreaterThanOrEqual(1);
    for (const path of [...posters, ...strip]) expect([path, existsSync(path)]).toEqual([path, true]);
    // What is known of how each was made stands on the page.
    expect(readFileSync(page, 'utf8').match(/<article class="recipe"/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('is not asked for again, and is the same when pages are written anew', async () => {
    const before = treeOf(output);
    standin.reset();
    expect((await scan(output)).json.requests.total).toBe(0);
    const pages = await home.run(['pages', '--json', '--api-url', standin.apiUrl]);
    expect(pages.code, pages.stderr).toBe(0);
    expect(standin.requests()).toEqual({});
    expect(treeOf(output)).toEqual(before);
  });

  it('gets its still back when that is lost', async () => {
    const still = target(join(output, 'index.html'), cardIn(output).thumb);
    rmSync(still);
    const again = await scan(output, '--force-refresh');
    expect(again.code, again.stderr).toBe(0);
    expect(existsSync(still)).toBe(true);
  });

  it('has them beside the model, too, and keeps its film where there can be no still', async () => {
    // Nobody makes a still: the site is away when it is wanted, and no ffmpeg is found.
    standin.faults.use('/*anim=false*:404=1');
    const beside = await scan('');
    expect(beside.code, beside.stderr).toBe(0);
    expect(cardIn(models)).toEqual({ thumb: '', video: 'film.preview.mp4' });
    const page = readFileSync(join(models, 'film.html'), 'utf8');
    expect(page).toMatch(/<video\s[^>]*preload="metadata"/);
    expect(dirname(join(models, 'film.preview.mp4'))).toBe(models);
  });
});
