import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, NO_BROWSER, type PageOptions } from './browser.ts';
import { type GallerySession, gallerySession, knownModel, settle, shown, until } from './gallery-session.ts';
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
      await session.closePages();
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

    it('is driven by keys: arrows, copy, select, overlay, and Esc steps back', async () => {
      const page = await session.open(small);
      const focusedPosition = (): Promise<unknown> =>
        page.evaluate('document.activeElement.dataset.position');

      await page.keyboard.press('ArrowRight');
      expect(await focusedPosition()).toBe('0');
      await page.keyboard.press('ArrowRight');
      expect(await focusedPosition()).toBe('1');
      await page.keyboard.press('ArrowDown');
      const below = Number(await focusedPosition());
      expect(below).toBeGreaterThan(2);
      await page.keyboard.press('End');
      await until(page, `document.activeElement.dataset.position === '99'`);
      await page.keyboard.press('Home');
      await until(page, `document.activeElement.dataset.position === '0'`);
      await page.keyboard.press('x');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('x');
      expect(await page.locator('.selection').textContent()).toContain('2 selected');
      await page.getByRole('button', { name: 'Copy triggers' }).click();
      await page.waitForSelector('#notice:has-text("Copied")');
      const ordered = await names(page);
      const two = ordered
        .slice(0, 2)
        .map((name) => small.cards.find((card) => card.name === name)?.trainedWords ?? []);
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(two.flat().join(', '));
      await page.keyboard.press('?');
      await page.waitForSelector('dialog[open]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog[open]', { state: 'detached' });
      expect(await page.locator('.selection').count()).toBe(1);
      await page.keyboard.press('Escape');
      await page.waitForSelector('.selection', { state: 'detached' });

      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement.id')).toBe('search');
      await session.expectQuiet();
    });

    it('selects with the mouse as with the keyboard', async () => {
      const page = await session.open(small);

      await page.locator('.card').first().hover();
      await page.locator('.card .pick').first().click();
      await page.locator('.card').nth(1).hover();
      await page.locator('.card .pick').nth(1).click();

      expect(await page.locator('.selection').textContent()).toContain('2 selected');
      expect(await page.locator('[role="gridcell"][aria-selected="true"]').count()).toBe(2);
      await session.expectQuiet();
    });

    it('sorts the list by its heads and shows the columns the reader chose', async () => {
      const page = await session.open(small, '#view=list');

      await page.getByRole('columnheader', { name: 'Size' }).getByRole('button').click();
      const largest = small.cards.toSorted((a, b) => b.size - a.size)[0];
      await until(
        page,
        `document.querySelector('[data-position="0"]')?.textContent === ${JSON.stringify(largest?.name)}`,
      );
      await page.getByRole('button', { name: 'View options' }).click();
      await page.getByRole('checkbox', { name: 'Path' }).check();
      await page.getByRole('checkbox', { name: 'Covers' }).uncheck();

      await page.waitForSelector('[role="columnheader"]:has-text("Path")');
      expect(await page.locator('.list .cover').count()).toBe(0);
      await page.reload();
      await page.waitForSelector('[role="columnheader"]:has-text("Path")');
      await session.expectQuiet();
    });

    it('blurs mature covers by level, as chosen and remembered', async () => {
      const page = await session.open(small, '#level=X');
      const blurred = page.locator('.cover.is-blurred');

      await page.waitForSelector('.cover.is-blurred .level:has-text("X")');
      await page.getByRole('button', { name: 'View options' }).click();
      await page.getByRole('combobox', { name: 'Blur from' }).selectOption('XXX');
      expect(await blurred.count()).toBe(0);
      await page.reload();
      await page.waitForSelector('.card');

      expect(await blurred.count()).toBe(0);
      await session.expectQuiet();
    });

    it('opens a model, walks the filtered order and comes back to the same place', async () => {
      const page = await session.open(small, '#type=LORA&sort=size');
      await page.waitForSelector('.card');
      const loras = small.cards.filter(({ type }) => type === 'LORA').toSorted((a, b) => b.size - a.size);

      await page.locator('[data-position="1"]').click();
      await page.waitForSelector('#next:not([hidden])');
      expect(await page.locator('h1').textContent()).toBe(loras[1]?.name);
      await page.keyboard.press('ArrowRight');
      await until(page, `document.querySelector('h1').textContent === ${JSON.stringify(loras[2]?.name)}`);
      await page.waitForSelector('#next:not([hidden])');
      await page.keyboard.press('Escape');
      await until(page, `document.activeElement?.dataset?.position === '2'`);

      expect(await shown(page)).toBe(loras.length);
      await session.expectQuiet();
    });

    it('shows a model page with its lightbox, keys and copy buttons', async () => {
      const card = knownModel(small);
      const page = await session.openModel(small, card);
      const copied = (): Promise<unknown> => page.evaluate('navigator.clipboard.readText()');

      await page.locator('#triggers .copy').first().click();
      await page.waitForSelector('#notice:has-text("Copied")');
      expect(await copied()).toBe(card.trainedWords[0]);
      await page.locator('.strip .shot').nth(1).click();
      await page.waitForSelector('#lightbox[open]');
      await page.keyboard.press('p');
      await page.waitForSelector('#notice:has-text("Copied prompt")');
      expect(await copied()).toContain('number 1');
      await page.keyboard.press('n');
      await page.waitForSelector('#notice:has-text("negative")');
      expect(await copied()).toBe('photograph, blurry');
      await page.keyboard.press('a');
      await page.waitForSelector('#notice:has-text("settings")');
      expect(await copied()).toContain('Seed: 18446744073709551615');
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('#lightbox .is-blurred').count()).toBe(1);
      await page.keyboard.press('z');
      expect(await page.locator('#lightbox .is-blurred').count()).toBe(0);
      await page.keyboard.press('Escape');

      await page.waitForSelector('#lightbox:not([open])', { state: 'attached' });
      expect(page.url()).toBe(small.urlOf(card.path));
      await session.expectQuiet();
    });

    it('fits a phone: two columns, filters as a sheet, nothing wider than the screen', async () => {
      const phone: PageOptions = { width: 390, height: 844, touch: true };
      const page = await session.open(small, '', phone);
      await page.waitForSelector('.card');

      expect(await page.getAttribute('[role="grid"]', 'aria-colcount')).toBe('2');
      expect(await page.locator('.side').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Filters', exact: true }).click();
      await page.waitForSelector('.side.is-open');
      await page.locator('[aria-labelledby="facet-type"]').getByRole('button', { name: /^LORA/ }).click();
      await page.getByRole('button', { name: 'Done' }).click();
      await settle(page, small.cards.filter(({ type }) => type === 'LORA').length);
      const model = await session.openModel(small, knownModel(small), phone);

      for (const seen of [page, model]) {
        expect(
          await seen.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
        ).toBe(0);
      }
      await session.expectQuiet();
    });

    it('shows the whole picture first in the lightbox of a phone, below the bar with the way out', async () => {
      const phone: PageOptions = { width: 390, height: 600, touch: true };
      const page = await session.openModel(small, knownModel(small), phone);
      const topOf = async (what: string): Promise<number> =>
        (await page.locator(what).boundingBox())?.y ?? Number.NaN;

      await page.locator('.strip .shot').nth(1).click();
      await page.waitForSelector('#lightbox[open]');
      await page.waitForFunction(`document.querySelector('.lightbox-stage img')?.naturalWidth > 0`);

      expect(await page.evaluate(`document.querySelector('#lightbox').scrollTop`)).toBe(0);
      const bar = await page.locator('.lightbox-head').boundingBox();
      expect(await topOf('.lightbox-stage img')).toBeGreaterThanOrEqual((bar?.y ?? 0) + (bar?.height ?? 0));
      await page.evaluate(`document.querySelector('#lightbox').scrollTo(0, 9999)`);
      await page.keyboard.press('ArrowLeft');
      expect(await page.evaluate(`document.querySelector('#lightbox').scrollTop`)).toBe(0);
      await session.expectQuiet();
    });

    it('changes light and dark by a button, remembered by gallery and pages', async () => {
      const page = await session.open(small);
      const dark = (): Promise<unknown> =>
        page.evaluate(`getComputedStyle(document.documentElement).colorScheme`);

      await page
        .getByRole('button', { name: /^Theme/ })
        .first()
        .click();
      expect(await dark()).toBe('dark');
      await page.goto(small.urlOf(knownModel(small).path));
      expect(await dark()).toBe('dark');
      await page.locator('#theme').click();

      expect(await dark()).toBe('light');
      await session.expectQuiet();
    });

    it('takes the pictures for the documents', async () => {
      const to = PICTURES ?? join(session.folder, 'pictures');
      await mkdir(to, { recursive: true });
      const take = async (page: Page, name: string): Promise<void> => {
        await page.waitForTimeout(700);
        await page.screenshot({ path: join(to, `${name}.png`) });
      };

      await take(await session.open(large, '#sort=downloads'), 'gallery-light');
      await take(await session.open(large, '#sort=downloads', { dark: true }), 'gallery-dark');
      await take(await session.open(large, '#view=list&sort=downloads&base=SDXL+1.0'), 'gallery-list');
      await take(
        await session.open(large, '#sort=thumbs', { width: 390, height: 844, dark: true, touch: true }),
        'gallery-phone',
      );
      const model = await session.openModel(large, knownModel(large));
      await take(model, 'model-page');
      await model.locator('.strip .shot').first().click();
      await take(model, 'lightbox');

      expect((await readFile(join(to, 'gallery-light.png'))).length).toBeGreaterThan(20_000);
      await session.expectQuiet();
    });
  },
);
