import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, NO_BROWSER } from './browser.ts';
import { type GallerySession, gallerySession, knownModel, settle, shown } from './gallery-session.ts';
import { atRest, until } from './page-pool.ts';
import type { SampleGallery } from './sample-gallery.ts';

const chromium = findChromium();
if (chromium === undefined) console.warn(NO_BROWSER);

/** Where pictures for the documents go; without it they land with the test's other files and go with them. */
const PICTURES = process.env['CIVITARIUM_SCREENSHOTS'];

describe.skipIf(chromium === undefined)(
  'the gallery in a browser, opened from disk',
  { timeout: 120_000 },
  () => {
    let session: GallerySession;
    let small: SampleGallery;
    let large: SampleGallery;

    beforeAll(async () => {
      session = await gallerySession();
      small = await session.sample('small #1 %41', 100, 100);
      large = await session.sample('large', 10_000, 40);
    });

    beforeEach(async () => {
      await session.freePages();
    });

    afterAll(async () => {
      await session?.end();
    });

    const names = (page: Page): Promise<string[]> => page.locator('.card-name').allTextContents();

    it('as a model browser has types under headings, most downloaded first, and remembers another order', async () => {
      const browser = { ...small, galleryUrl: small.galleryUrl.replace(/gallery\.html$/, 'index.html') };
      const page = await session.open(browser);

      const types = await page.locator('.type-group h2').allTextContents();
      const words = types.map((type) => type.replace(/ [\d,]+$/, ''));
      expect(words.length).toBeGreaterThan(3);
      expect(words).toEqual([
        ...words.slice(0, -1).toSorted((a, b) => a.localeCompare(b, 'en')),
        'Unknown type',
      ]);
      const link = page.locator('.type-group').first().locator('.card-meta a').first();
      expect(await link.getAttribute('href')).toMatch(/^https:\/\/civitai\.com\/api\/download\/models\/\d+/);
      await page.keyboard.press('End');
      const last = await page.evaluate(() => document.activeElement?.getAttribute('data-position'));
      if (last !== null) expect(last).toBe(String(small.cards.length - 1));

      await page.locator('.tools select').selectOption('name');
      expect(new URL(page.url()).hash).toBe('#sort=name');
      await page.goto(browser.galleryUrl);
      await page.waitForSelector('[role="grid"]');
      expect(await page.locator('.tools select').inputValue()).toBe('name');
      await session.expectQuiet();
    });

    it('shows every model of a small and of a large library, drawing only what is near', async () => {
      for (const gallery of [small, large]) {
        const page = await session.open(gallery);

        expect(await shown(page)).toBe(gallery.cards.length);
        expect(await page.locator('.card').count()).toBeLessThan(80);
        expect(await page.locator('.card').count()).toBeGreaterThan(4);
      }
      await session.expectQuiet();
    });

    it('loads thumbnails, and shows the last models after a scroll to the end', async () => {
      const page = await session.open(large);
      await until(
        page,
        `[...document.querySelectorAll('.cover img')].some((image) => image.naturalWidth > 0)`,
      );

      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
      const last = (await names(page)).length;
      await until(page, `document.querySelector('[data-position="9999"]') !== null`);

      expect(last).toBeGreaterThan(0);
      await session.expectQuiet();
    });

    it('has a shelf of what the site removed, one press away, that says when it was last seen', async () => {
      const page = await session.open(small);
      const removed = small.cards.filter((card) => card.removed).length;
      expect(removed).toBeGreaterThan(0);

      await page.locator('.shelf-button').click();

      await settle(page, removed);
      expect(await page.locator('.shelf-head h2').textContent()).toBe('Removed from Civitai');
      expect(await page.locator('.card .mark-removed').count()).toBe(removed);
      expect(await page.locator('.mark-removed').first().getAttribute('title')).toMatch(/last seen \S/);
      expect(page.url()).toContain('state=removed');

      await page.locator('.shelf-button').click();
      await settle(page, small.cards.length);
      expect(await page.locator('.shelf-head').count()).toBe(0);
      await session.expectQuiet();
    });

    it('finds by words of any field, all of them, and leaves out what follows a minus', async () => {
      const page = await session.open(small);
      const matches = (test: (words: ReadonlySet<string>) => boolean): number =>
        small.cards.filter((card) => {
          const fields = [
            card.name,
            card.about,
            card.relativePath,
            card.creator,
            ...card.tags,
            ...card.trainedWords,
          ];
          return test(
            new Set(
              fields
                .join(' ')
                .toLowerCase()
                .split(/[^a-z0-9]+/),
            ),
          );
        }).length;

      await page.keyboard.press('/');
      await page.keyboard.type('ink wash');
      await settle(
        page,
        matches((words) => words.has('ink') && words.has('wash')),
      );
      await page.locator('#search').fill('prints -ink');
      await settle(
        page,
        matches((words) => words.has('prints') && !words.has('ink')),
      );
      await page.locator('#search').fill('illustr');
      await settle(page, small.cards.filter(({ baseModel }) => baseModel === 'Illustrious').length);
      await page.locator('#search').fill('no such thing anywhere');

      await page.waitForSelector('text=Nothing matches');
      await page.getByRole('button', { name: 'Clear the search' }).click();
      await settle(page, small.cards.length);
      await session.expectQuiet();
    });

    it('counts facets under the present filter, joins values of one, and can leave one out', async () => {
      const page = await session.open(small);
      const of = (type: string): number => small.cards.filter((card) => card.type === type).length;
      const facet = page.locator('[aria-labelledby="facet-type"]');

      await facet.getByRole('button', { name: /^LORA/ }).click();
      await settle(page, of('LORA'));
      expect(await facet.getByRole('button', { name: /^VAE/ }).locator('.number').textContent()).toBe(
        String(of('VAE')),
      );
      await facet.getByRole('button', { name: /^VAE/ }).click();
      await settle(page, of('LORA') + of('VAE'));
      const tagged = small.cards.filter(
        (card) => (card.type === 'LORA' || card.type === 'VAE') && card.tags.includes('ink'),
      );
      await page.getByRole('searchbox', { name: 'Find a tag' }).fill('in');
      expect(await page.getByTitle('ink', { exact: true }).locator('.number').textContent()).toBe(
        String(tagged.length),
      );
      await page.getByRole('button', { name: 'Remove filter: VAE' }).click();
      await settle(page, of('LORA'));
      await page.getByRole('button', { name: 'clear', exact: true }).click();
      await facet.getByRole('button', { name: 'Without LORA' }).click({ force: true });

      await settle(page, small.cards.length - of('LORA'));
      await session.expectQuiet();
    });

    it('keeps filter, sort, layout and place in the URL through back, forward and reload', async () => {
      const page = await session.open(large);
      const loras = large.cards.filter(({ type }) => type === 'LORA').length;

      await page.locator('[aria-labelledby="facet-type"]').getByRole('button', { name: /^LORA/ }).click();
      await page.getByRole('combobox', { name: 'Sort by' }).selectOption('downloads');
      await page.evaluate('window.scrollTo(0, 30000)');
      const there = await page.evaluate('window.scrollY');
      await page.keyboard.press('g');
      await page.keyboard.press('l');
      await page.waitForSelector('.list');
      expect(new URL(page.url()).hash).toBe('#type=LORA&sort=downloads&view=list');

      await page.goBack();
      await page.waitForSelector('.card');
      expect(await page.evaluate('window.scrollY')).toBe(there);
      await page.goBack();
      await page.goBack();
      await settle(page, large.cards.length);
      await page.goForward();
      await settle(page, loras);
      await page.goForward();
      await page.reload();
      await settle(page, loras);

      const best = large.cards
        .filter(({ type }) => type === 'LORA')
        .toSorted((a, b) => (b.downloads ?? 0) - (a.downloads ?? 0));
      expect(await page.evaluate('window.scrollY')).toBe(there);
      await page.evaluate('window.scrollTo(0, 0)');
      await until(
        page,
        `document.querySelector('[data-position="0"]')?.textContent === ${JSON.stringify(best[0]?.name)}`,
      );
      await session.expectQuiet();
    });

    it('takes the pictures for the documents', async () => {
      const to = PICTURES ?? join(session.folder, 'pictures');
      await mkdir(to, { recursive: true });
      // The documents show many models; whether pictures can be taken, few show as well.
      const gallery = PICTURES === undefined ? small : large;
      const take = async (page: Page, name: string): Promise<void> => {
        await atRest(page);
        await page.screenshot({ path: join(to, `${name}.png`) });
        await session.expectQuiet();
      };

      await take(await session.open(gallery, '#sort=downloads'), 'gallery-light');
      await take(await session.open(gallery, '#sort=downloads', { dark: true }), 'gallery-dark');
      await take(await session.open(gallery, '#view=list&sort=downloads&base=SDXL+1.0'), 'gallery-list');
      await take(
        await session.open(gallery, '#sort=thumbs', { width: 390, height: 844, dark: true, touch: true }),
        'gallery-phone',
      );
      await take(await session.openModel(gallery, knownModel(gallery)), 'model-page');
      const model = await session.openModel(gallery, knownModel(gallery));
      await model.locator('.strip .shot').first().click();
      await take(model, 'lightbox');

      expect((await readFile(join(to, 'gallery-light.png'))).length).toBeGreaterThan(20_000);
    });
  },
);
