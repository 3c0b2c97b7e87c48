/// <reference lib="dom" />
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Standin } from '../../standin/start.ts';
import { pages } from '../../src/verbs/pages.ts';
import { findChromium, NO_BROWSER, openBrowser } from '../browser.ts';
import type { PageOptions } from '../browser.ts';
import type { CliResult } from '../cli.ts';
import { settle, shown } from '../gallery-session.ts';
import { atRest, badLinks, faultsOf, type PagePool, pagePool, readAxe, until } from '../page-pool.ts';
import { timesOf } from '../tree.ts';
import { runVerb } from '../verb-run.ts';
import { type FeedImage, startFaceFeed } from './testing/face-feed.ts';
import { makeGetStory } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

if (findChromium() === undefined) console.log(NO_BROWSER);

/** Where pictures for the documents go; without it they land in the story's home and go with it. */
const PICTURES = process.env['CIVITARIUM_SCREENSHOTS'];

let standin: Standin;
let creator: string;
let wanted: readonly FeedImage[];
/** As targets. */
let everyPost: readonly string[];
let targets: string[];
let story: GetStory;
let first: CliResult;

beforeAll(async () => {
  const feed = await startFaceFeed();
  ({ standin, creator, wanted, everyPost } = feed);
  targets = [`user:${creator}`, ...feed.posts.map((id) => `post:${id}`)];
  story = makeGetStory(standin);
  first = await story.get(targets);
  if (first.json.counts['failed'] !== 0) throw new Error(JSON.stringify(first.json.failures));
}, 180_000);

afterAll(async () => {
  story.home.remove();
  await standin.close();
});

describe('pages of images, posts and creators on disk', { timeout: 180_000 }, () => {
  it('are written with what was fetched, and a second run writes nothing', async () => {
    const before = timesOf(story.out);
    const tree = story.tree();

    const second = await story.get(targets);
    const third = await runVerb(pages, story.home, { flags: { 'api-url': standin.apiUrl } });

    expect(first.json['galleries']).toEqual([join(story.out, 'gallery.html')]);
    const files = join(story.out, 'gallery.files');
    expect(readdirSync(join(files, 'posts')).toSorted()).toEqual(
      [...new Set(wanted.map(({ postId }) => `${postId}.html`))].toSorted(),
    );
    expect(existsSync(join(files, 'creators', `${creator.toLowerCase()}.html`))).toBe(true);
    expect(second.json.counts).toMatchObject({ fetched: 0 });
    const own = (all: Record<string, number>): [string, number][] =>
      Object.entries(all).filter(([name]) => name.startsWith('gallery'));
    expect(own(timesOf(story.out))).toEqual(own(before));
    expect(story.tree()).toEqual(tree);
    expect(third.failures).toEqual([]);
  });
});

describe.skipIf(findChromium() === undefined)(
  'images, posts and creators in a browser, opened from disk',
  { timeout: 180_000 },
  () => {
    let browser: Browser;
    let total: number;
    let pool: PagePool;

    beforeAll(async () => {
      total = wanted.length;
      browser = await openBrowser();
      pool = pagePool(browser);
    });

    afterEach(() => pool.free());

    afterAll(async () => {
      await browser.close();
    });

    async function open(path: string, options: PageOptions = {}): Promise<Page> {
      const page = await pool.take(options);
      const [file = '', hash] = path.split('#');
      await page.goto(`${pathToFileURL(join(story.out, file)).href}${hash === undefined ? '' : `#${hash}`}`); // prettier-ignore
      return page;
    }

    /** An image that the site says most of, of a post that was brought. */
    function told(fits: (image: FeedImage) => boolean = () => true): FeedImage {
      const found = wanted.find(
        (image) =>
          typeof image.meta?.['prompt'] === 'string' &&
          typeof image.meta['negativePrompt'] === 'string' &&
          fits(image),
      );
      if (found === undefined) throw new Error('No image has a prompt.');
      return found;
    }

    const copied = (page: Page): Promise<unknown> => page.evaluate('navigator.clipboard.readText()');

    it('lead from the models to the images and back, with counts, search, facets and the URL', async () => {
      const page = await open('gallery.html');
      await page.getByRole('link', { name: 'Images' }).click();
      await page.waitForSelector('.image-link');
      expect(await shown(page)).toBe(total);
      expect(await page.locator('.image-link').count()).toBeLessThan(80);
      await until(
        page,
        `[...document.querySelectorAll('.image-link img')].some((one) => one.naturalWidth > 0)`,
      );

      const facet = page.locator('[aria-labelledby="facet-creator"]');
      await facet.getByRole('button', { name: new RegExp(`^${creator}`) }).click();
      const own = wanted.filter(({ username }) => username === creator).length;
      await settle(page, own);
      expect(new URL(page.url()).hash).toBe(`#creator=${creator}`);
      await page.reload();
      await settle(page, own);
      await page.getByRole('button', { name: 'clear', exact: true }).click();
      await settle(page, total);

      const prompt = String(told().meta?.['prompt']);
      const word = /[a-z]{6,}/.exec(prompt)?.[0] ?? '';
      const matching = wanted.filter(({ meta }) =>
        new RegExp(`\\b${word}`, 'i').test(String(meta?.['prompt'] ?? '')),
      ).length;
      await page.locator('#search').fill(word);
      await until(page, `Number(document.querySelector('#shown').textContent) >= ${matching}`);
      expect(await shown(page)).toBeLessThan(total);
      await page.locator('#search').fill('no such thing anywhere');
      await page.waitForSelector('text=Nothing matches');
      await page.getByRole('button', { name: 'Clear the search' }).click();
      await settle(page, total);
      await page.getByRole('link', { name: 'Models' }).click();
      await page.waitForSelector('.card');
      await pool.expectQuiet();
    });

    it('show one large with how it was made, driven by keys, and come back to the same place', async () => {
      const image = told();
      const page = await open('gallery.files/images.html');
      await page.waitForSelector('.image-link');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      const place = await page.evaluate('document.activeElement.dataset.position');
      expect(place).toBe('1');
      await page.keyboard.press('Enter');
      await page.waitForSelector('#lightbox[open]');
      expect(await page.locator('.lightbox-head .figure').textContent()).toBe(`2 of ${total}`);
      await page.keyboard.press('ArrowRight');
      await until(page, `document.querySelector('.lightbox-head .figure').textContent.startsWith('3 of')`);
      await page.keyboard.press('Escape');
      await page.waitForSelector('#lightbox', { state: 'detached' });
      await until(page, `document.activeElement?.dataset?.position === '2'`);
      expect(new URL(page.url()).hash).toBe('');

      await page.goto(`${page.url().replace(/#.*/, '')}#id=${image.id}`);
      await page.reload();
      await page.waitForSelector('#lightbox[open] .prompt');
      await page.keyboard.press('p');
      await page.waitForSelector('#notice:has-text("Copied prompt")');
      expect(await copied(page)).toBe(image.meta?.['prompt']);
      await page.keyboard.press('n');
      await page.waitForSelector('#notice:has-text("negative")');
      expect(await copied(page)).toBe(image.meta?.['negativePrompt']);
      await page.keyboard.press('a');
      await page.waitForSelector('#notice:has-text("settings")');
      expect(String(await copied(page))).toContain(`Seed: ${String(image.meta?.['seed'])}`);
      await until(page, `document.querySelector('.lightbox-stage img, .lightbox-stage video') !== null`);
      await pool.expectQuiet();
    });

    it('give each image a page of its own, with neighbours, post, creator and file', async () => {
      const image = told();
      const page = await open(`gallery.files/image.html#id=${image.id}`);
      await page.waitForSelector('.image-page .prompt');

      expect(await page.locator('h1').textContent()).toBe(`Image ${image.id}`);
      expect(await page.locator('.prompt').first().textContent()).toBe(image.meta?.['prompt']);
      const file = await page.getByRole('link', { name: 'Open the file' }).getAttribute('href');
      expect(existsSync(fileURLToPath(new URL(file ?? '', page.url().replace(/#.*/, ''))))).toBe(true);
      await page.keyboard.press('ArrowLeft');
      await until(page, `document.querySelector('h1').textContent !== 'Image ${image.id}'`);
      await page.keyboard.press('ArrowRight');
      await until(page, `document.querySelector('h1').textContent === 'Image ${image.id}'`);
      await page.getByRole('link', { name: `Post ${image.postId}` }).click();
      await page.waitForSelector('.shots');
      expect(await page.locator('h1').textContent()).toBe(`Post ${image.postId}`);
      const own = wanted.filter(({ postId }) => postId === image.postId);
      expect(await page.locator('.shots .shot').count()).toBe(own.length);
      await page.locator('.shots .shot').first().click();
      await page.waitForSelector('#lightbox[open]');
      await page.keyboard.press('Escape');

      const mature = wanted.find(({ nsfwLevel }) => nsfwLevel === 'X')?.id;
      const veiled = await open(`gallery.files/image.html#id=${mature}`);
      const show = veiled.getByRole('button', { name: /^Rated X+, show it$/ });
      await show.waitFor();
      await atRest(veiled);
      const [around, picture] = [await show.boundingBox(), await show.locator('img, video').boundingBox()];
      expect(around?.width).toBeLessThan(picture?.width ?? 0);
      await show.press('Enter');
      await show.waitFor({ state: 'detached' });
      expect(await veiled.evaluate('document.activeElement.className')).toBe('image-stage');

      const none = await open('gallery.files/image.html#id=5');
      await none.waitForSelector('text=This image is not kept here');
      await pool.expectQuiet();
    });

    it('lead from a model to its creator and to the images made with it, and every link to a file', async () => {
      const page = await open('gallery.html');
      await page.waitForSelector('.card');
      const made = await page.evaluate<number[]>(`new Promise((done) => {
        const script = document.createElement('script');
        script.src = 'gallery.files/nav.js';
        script.onload = () => done(window.civitariumMade ?? []);
        document.head.append(script);
      })`);
      expect(made.length).toBeGreaterThan(0);
      const name = readdirSync(story.out).find(
        (one) =>
          one.endsWith('.html') &&
          readFileSync(join(story.out, one), 'utf8').includes(`data-version="${made[0]}"`),
      );
      const model = await open(name ?? '');
      await model.waitForSelector('#made-with:not([hidden]) .tile');
      expect(await badLinks(model)).toEqual([]);
      await model.locator('#made-with > p a').click();
      await model.waitForSelector('.image-link');
      expect(await shown(model)).toBeGreaterThan(0);
      expect(await shown(model)).toBeLessThan(total);
      await model.goBack();
      await model.getByRole('link', { name: creator, exact: true }).click();
      await model.waitForSelector('#models');
      expect(await model.locator('h1').textContent()).toBe(creator);
      expect(await model.locator('#models .tile').count()).toBeGreaterThan(1);
      expect(await model.locator('#posts .tile').count()).toBe(
        new Set(wanted.filter(({ username }) => username === creator).map(({ postId }) => postId)).size,
      );
      expect(await badLinks(model)).toEqual([]);
      expect(await model.locator('#coverage').textContent()).toMatch(
        new RegExp(
          `Images\\s+${wanted.filter(({ username }) => username === creator).length} seen of an unknown`,
        ),
      );
      await pool.expectQuiet();
    });

    it('are free of accessibility faults and fit the screen, in light and dark, wide and narrow', async () => {
      const axe = await readAxe();
      const { id, postId } = told();
      const looks: PageOptions[] = [{}, { width: 390, height: 844, touch: true, dark: true }];
      const places = [
        ['gallery.html', '.card'],
        ['gallery.files/images.html', '.image-link'],
        [`gallery.files/images.html#id=${id}`, '#lightbox[open] .prompt'],
        [`gallery.files/image.html#id=${id}`, '.image-page .prompt'],
        [`gallery.files/posts/${postId}.html`, '.shots'],
        [`gallery.files/creators/${creator.toLowerCase()}.html`, '#models'],
      ] as const;
      for (const look of looks) {
        for (const [path, drawn] of places) {
          const page = await open(path, look);
          await page.waitForSelector(drawn);
          expect([path, await faultsOf(page, axe)]).toEqual([path, []]);
          expect(
            await page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            ),
          ).toBe(0);
          await pool.expectQuiet();
        }
      }
    });

    it('let pictures be taken for the documents', async () => {
      const to = PICTURES ?? join(story.home.folder, 'pictures');
      // The documents show all posts; whether pictures can be taken, a few show as well.
      const shown = PICTURES === undefined ? 'out' : 'My images';
      if (shown !== 'out') await story.home.run(['get', ...everyPost, '--output', shown, '--api-url', standin.apiUrl, '--rate', '60000']); // prettier-ignore
      const take = async (path: string, drawn: string, name: string): Promise<void> => {
        const page = await open(`../${shown}/gallery.files/${path}`);
        await page.waitForSelector(drawn);
        await atRest(page);
        await page.screenshot({ path: join(to, `${name}.png`) });
        await pool.expectQuiet();
      };

      const signed = told(({ username, nsfwLevel }) => username !== null && nsfwLevel === 'None');
      await take('images.html#sort=level&dir=up', '.image-link img:not(.is-waiting)', 'images-light');
      await take(`image.html#id=${signed.id}`, '.image-page .prompt', 'image-page');

      expect(statSync(join(to, 'images-light.png')).size).toBeGreaterThan(20_000);
    });

    // The last: it spoils the catalog.
    it('run nothing that stands in any text field', async () => {
      const attack = `"><img src=x onerror="window.hacked=1"></script><script>window.hacked=1</script>\u2028'\${window.hacked=1}`;
      const catalog = new DatabaseSync(join(story.home.folder, 'data', 'civitarium', 'catalog.db'));
      catalog.prepare(`update image set username = ? where post_id is not null`).run(attack);
      catalog.prepare(`update gen_param set prompt = ?, negative = ?, sampler = ?, settings = ?`).run(attack, attack, attack, JSON.stringify({ [attack.slice(0, 50)]: attack, __proto__x: attack, resources: [{ name: attack, type: attack, weight: attack }] })); // prettier-ignore
      catalog.prepare(`update model set name = ?`).run(attack);
      catalog.prepare(`update version set name = 'javascript:window.hacked=1', base_model = ?`).run(attack);
      catalog.prepare(`update creator set username = ?`).run(attack);
      catalog.close();
      const written = await runVerb(pages, story.home, { flags: {} });
      expect([written.exitCode, written.failures]).toEqual([0, []]);
      const creators = readdirSync(join(story.out, 'gallery.files', 'creators'));
      const paths = [
        'gallery.files/images.html',
        `gallery.files/images.html#id=${told().id}`,
        `gallery.files/image.html#id=${told().id}`,
        `gallery.files/posts/${told().postId}.html`,
        ...creators.map((one) => `gallery.files/creators/${one}`),
      ];
      expect(creators.length).toBeGreaterThan(0);
      for (const path of paths) {
        const page = await open(path);
        await atRest(page);
        if (path.includes('posts/')) await page.locator('.shot').first().click();
        expect(await page.evaluate('window.hacked')).toBeUndefined();
        expect(await page.locator('a[href^="javascript:"], [onerror], iframe, object').count()).toBe(0);
        expect(await badLinks(page)).toEqual([]);
        await pool.expectQuiet();
      }
      const page = await open('gallery.files/images.html');
      await page.locator('#search').fill('window hacked');
      await settle(page, total);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      await pool.expectQuiet();
    });
  },
);
