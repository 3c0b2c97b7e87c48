/// <reference lib="dom" />
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { findChromium, NO_BROWSER, openBrowser, watchedPage } from '../browser.ts';
import type { PageOptions, WatchedPage } from '../browser.ts';
import { faultAt } from '../faults.ts';
import { settle, shown, until } from '../gallery-session.ts';
import { makeGetStory } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

if (findChromium() === undefined) console.log(NO_BROWSER);

/** An image as the feed tells of it. */
interface FeedImage {
  readonly id: number;
  readonly postId: number;
  readonly username: string | null;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

let standin: Standin;
let feed: readonly FeedImage[];
let creator: string;
let posts: readonly number[];

beforeAll(async () => {
  standin = await startStandin({ models: 40, seed: 11, images: 200, speed: 0 });
  const answer = await fetch(`${standin.apiUrl}/images?limit=200&browsingLevel=31&withMeta=true&sort=Oldest`);
  feed = ((await answer.json()) as { items: FeedImage[] }).items;
  creator = feed.find(({ username }) => username !== null)?.username ?? '';
  posts = [...new Set(feed.filter(({ username }) => username !== creator).map(({ postId }) => postId))].slice(0, 3); // prettier-ignore
});

afterAll(() => standin.close());

function targets(): string[] {
  return [`user:${creator}`, ...posts.map((id) => `post:${id}`)];
}

/** The images of the feed that a story brings. */
function wanted(): FeedImage[] {
  return feed.filter(({ username, postId }) => username === creator || posts.includes(postId));
}

function catalogOf(story: GetStory): DatabaseSync {
  return new DatabaseSync(join(story.home.folder, 'data', 'civitarium', 'catalog.db'));
}

/** When each file was last written. */
function times(folder: string): Record<string, number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names.flatMap((name) => {
      const stats = statSync(join(folder, name));
      return stats.isFile() ? [[name, stats.mtimeMs] as const] : [];
    }),
  );
}

/** All that is written of images and creators, and the galleries. */
function faces(story: GetStory): Record<string, string> {
  return Object.fromEntries(
    Object.entries(story.tree()).filter(
      ([path]) => path === 'gallery.html' || path.startsWith('gallery.files/'),
    ),
  );
}

describe('pages of images, posts and creators on disk', { timeout: 180_000 }, () => {
  it('are written with what was fetched, and a second run writes nothing', async () => {
    const story = makeGetStory(standin);
    const first = await story.get(targets());
    const before = times(story.out);
    const tree = story.tree();

    const second = await story.get(targets());
    const third = await story.home.run(['pages', '--api-url', standin.apiUrl, '--json']);

    expect(first.json['galleries']).toEqual([join(story.out, 'gallery.html')]);
    const files = join(story.out, 'gallery.files');
    expect(readdirSync(join(files, 'posts')).toSorted()).toEqual(
      [...new Set(wanted().map(({ postId }) => `${postId}.html`))].toSorted(),
    );
    expect(existsSync(join(files, 'creators', `${creator.toLowerCase()}.html`))).toBe(true);
    expect(second.json.counts).toMatchObject({ fetched: 0 });
    const own = (all: Record<string, number>): [string, number][] =>
      Object.entries(all).filter(([name]) => name.startsWith('gallery'));
    expect(own(times(story.out))).toEqual(own(before));
    expect(story.tree()).toEqual(tree);
    expect(third.json.failures).toEqual([]);
    story.home.remove();
  });

  it('are written for posts alone, again from the catalog without the site, and by hand’s files stay', async () => {
    const story = makeGetStory(standin);
    await story.get([`post:${posts[0]}`]);
    const tree = story.tree();
    const files = join(story.out, 'gallery.files');
    rmSync(files, { recursive: true });
    writeFileSync(join(story.out, 'Posts', 'mine.txt'), 'mine');
    standin.reset();

    const result = await story.home.run(['pages', 'out', '--json']);

    expect(result.code, result.stderr).toBe(0);
    expect(result.json.requests.total).toBe(0);
    expect(result.json['galleries']).toEqual([join(story.out, 'gallery.html')]);
    expect(story.tree()).toEqual({ ...tree, 'Posts/mine.txt': expect.any(String) as string });
    const again = await story.home.run(['pages', '--json']);
    expect(again.json.counts['files']).toBe(0);
    const clean = await story.home.run(['clean', '--yes', '--json']);
    expect([0, 1]).toContain(clean.code);
    expect(faces(story)).toEqual(Object.fromEntries(Object.entries(tree).filter(([path]) => path.startsWith('gallery')))); // prettier-ignore
    story.home.remove();
  });

  describe('killed', () => {
    const list = (): string[] => posts.map((id) => `post:${id}`);
    let undisturbed: Record<string, string>;

    beforeAll(async () => {
      const story = makeGetStory(standin);
      await story.get(list());
      undisturbed = story.tree();
      story.home.remove();
    });

    it.each([
      ['place.renamed', 30],
      ['outputs.intended', 2],
      ['outputs.recorded', 1],
    ] as const)('at %s (%i) are as they would have been after the next run', async (point, passage) => {
      const story = makeGetStory(standin);

      const killed = await story.get(list(), { env: faultAt('kill', point, passage) });
      const again = await story.get(list());

      expect(killed.signal).toBe('SIGKILL');
      expect(again.code, again.stderr).toBe(0);
      expect(story.tree()).toEqual(undisturbed);
      story.home.remove();
    });
  });

  it('show no image that is not there any more, once they are written again', async () => {
    const story = makeGetStory(standin);
    await story.get([`post:${posts[0]}`, `post:${posts[1]}`]);
    const gone = join(story.out, 'Posts', `Post_${posts[0]}`);
    rmSync(gone, { recursive: true });

    await story.home.run(['pages', '--json']);

    expect(readdirSync(join(story.out, 'gallery.files', 'posts'))).toEqual([`${posts[1]}.html`]);
    const cards = readFileSync(join(story.out, 'gallery.files', 'image-cards-1.js'), 'utf8');
    for (const { id, postId } of wanted()) if (postId === posts[0]) expect(cards).not.toContain(String(id));
    story.home.remove();
  });
});

describe.skipIf(findChromium() === undefined)(
  'images, posts and creators in a browser, opened from disk',
  { timeout: 180_000 },
  () => {
    let story: GetStory;
    let browser: Browser;
    let total: number;
    const opened: WatchedPage[] = [];

    beforeAll(async () => {
      story = makeGetStory(standin);
      const result = await story.get(targets());
      if (result.json.counts['failed'] !== 0) throw new Error(JSON.stringify(result.json.failures));
      total = wanted().length;
      browser = await openBrowser();
    }, 180_000);

    afterAll(async () => {
      await browser.close();
      story.home.remove();
    });

    async function open(path: string, options: PageOptions = {}): Promise<Page> {
      const watched = await watchedPage(browser, options);
      opened.push(watched);
      const [file = '', hash] = path.split('#');
      await watched.page.goto(`${pathToFileURL(join(story.out, file)).href}${hash === undefined ? '' : `#${hash}`}`); // prettier-ignore
      return watched.page;
    }

    async function expectQuiet(): Promise<void> {
      for (const { complaints, remote, context } of opened.splice(0)) {
        expect(complaints).toEqual([]);
        expect(remote).toEqual([]);
        await context.close();
      }
    }

    /** An image that the site says most of, as PG, of a post that was brought. */
    function told(): FeedImage {
      const found = wanted().find(
        ({ meta }) => typeof meta?.['prompt'] === 'string' && typeof meta['negativePrompt'] === 'string',
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
      const own = wanted().filter(({ username }) => username === creator).length;
      await settle(page, own);
      expect(new URL(page.url()).hash).toBe(`#creator=${creator}`);
      await page.reload();
      await settle(page, own);
      await page.getByRole('button', { name: 'clear', exact: true }).click();
      await settle(page, total);

      const prompt = String(told().meta?.['prompt']);
      const word = /[a-z]{6,}/.exec(prompt)?.[0] ?? '';
      const matching = wanted().filter(({ meta }) =>
        new RegExp(`\\b${word}`, 'i').test(String(meta?.['prompt'] ?? '')),
      ).length;
      await page.locator('#search').fill(word);
      await until(page, `Number(document.querySelector('#shown').textContent) >= ${matching}`);
      expect(await shown(page)).toBeLessThan(total);
      await page.locator('#search').fill('no such thing anywhere');
      await page.waitForSelector('text=Nothing matches');
      await page.getByRole('button', { name: 'Show all images' }).click();
      await page.getByRole('link', { name: 'Models' }).click();
      await page.waitForSelector('.card');
      await expectQuiet();
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
      await expectQuiet();
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
      const own = wanted().filter(({ postId }) => postId === image.postId);
      expect(await page.locator('.shots .shot').count()).toBe(own.length);
      await page.locator('.shots .shot').first().click();
      await page.waitForSelector('#lightbox[open]');
      await page.keyboard.press('Escape');

      const none = await open('gallery.files/image.html#id=5');
      await none.waitForSelector('text=This image is not kept here');
      await expectQuiet();
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
        new Set(
          wanted()
            .filter(({ username }) => username === creator)
            .map(({ postId }) => postId),
        ).size,
      );
      expect(await badLinks(model)).toEqual([]);
      expect(await model.locator('#coverage').textContent()).toMatch(
        new RegExp(
          `Images\\s+${wanted().filter(({ username }) => username === creator).length} seen of an unknown`,
        ),
      );
      await expectQuiet();
    });

    it('are free of accessibility faults and fit the screen, in light and dark, wide and narrow', async () => {
      const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
      const { id, postId } = told();
      const looks: PageOptions[] = [{}, { width: 390, height: 844, touch: true, dark: true }];
      for (const look of looks) {
        for (const path of [
          'gallery.html',
          'gallery.files/images.html',
          `gallery.files/images.html#id=${id}`,
          `gallery.files/image.html#id=${id}`,
          `gallery.files/posts/${postId}.html`,
          `gallery.files/creators/${creator.toLowerCase()}.html`,
        ]) {
          const page = await open(path, look);
          await page.waitForTimeout(400);
          await page.evaluate(axe);
          const faults = await page.evaluate(
            `axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(' | ')))`,
          );
          expect([path, faults]).toEqual([path, []]);
          expect(
            await page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            ),
          ).toBe(0);
        }
        await expectQuiet();
      }
    });

    // The last: it spoils the catalog.
    it('run nothing that stands in any text field', async () => {
      const attack = `"><img src=x onerror="window.hacked=1"></script><script>window.hacked=1</script>\u2028'\${window.hacked=1}`;
      const catalog = catalogOf(story);
      catalog.prepare(`update image set username = ? where post_id is not null`).run(attack);
      catalog.prepare(`update gen_param set prompt = ?, negative = ?, sampler = ?, settings = ?`).run(attack, attack, attack, JSON.stringify({ [attack.slice(0, 50)]: attack, __proto__x: attack, resources: [{ name: attack, type: attack, weight: attack }] })); // prettier-ignore
      catalog.prepare(`update model set name = ?`).run(attack);
      catalog.prepare(`update version set name = 'javascript:window.hacked=1', base_model = ?`).run(attack);
      catalog.prepare(`update creator set username = ?`).run(attack);
      catalog.close();
      const written = await story.home.run(['pages', '--json']);
      expect(written.code, written.stderr).toBe(0);
      const creators = readdirSync(join(story.out, 'gallery.files', 'creators'));
      const pages = [
        'gallery.files/images.html',
        `gallery.files/images.html#id=${told().id}`,
        `gallery.files/image.html#id=${told().id}`,
        `gallery.files/posts/${told().postId}.html`,
        ...creators.map((one) => `gallery.files/creators/${one}`),
      ];
      expect(creators.length).toBeGreaterThan(0);
      for (const path of pages) {
        const page = await open(path);
        await page.waitForTimeout(300);
        if (path.includes('posts/')) await page.locator('.shot').first().click();
        expect(await page.evaluate('window.hacked')).toBeUndefined();
        expect(await page.locator('a[href^="javascript:"], [onerror], iframe, object').count()).toBe(0);
        expect(await badLinks(page)).toEqual([]);
      }
      const page = await open('gallery.files/images.html');
      await page.locator('#search').fill('window hacked');
      await settle(page, total);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      await expectQuiet();
    });
  },
);

/** Addresses of an open page that lead to no file, or that are more than an address. */
async function badLinks(page: Page): Promise<string[]> {
  const hrefs = await page.evaluate<string[]>(
    `['href', 'src', 'poster'].flatMap((name) => [...document.querySelectorAll('[' + name + ']')].map((one) => new URL(one.getAttribute(name), document.baseURI).href))`,
  );
  return hrefs.filter((href) =>
    href.startsWith('file:')
      ? !existsSync(fileURLToPath(href.replace(/[?#].*$/, '')))
      : !/^https?:/.test(href),
  );
}
