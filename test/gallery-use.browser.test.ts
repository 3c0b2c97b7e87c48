import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findChromium, NO_BROWSER, type PageOptions } from './browser.ts';
import { type GallerySession, gallerySession, knownModel, settle, shown } from './gallery-session.ts';
import { atRest, until } from './page-pool.ts';
import type { SampleGallery } from './sample-gallery.ts';

const chromium = findChromium();
if (chromium === undefined) console.warn(NO_BROWSER);

describe.skipIf(chromium === undefined)('the gallery in a browser, in use', { timeout: 120_000 }, () => {
  let session: GallerySession;
  let small: SampleGallery;

  beforeAll(async () => {
    session = await gallerySession();
    small = await session.sample('small #1 %41', 100, 100);
  });

  beforeEach(async () => {
    await session.freePages();
  });

  afterAll(async () => {
    await session?.end();
  });

  const names = (page: Page): Promise<string[]> => page.locator('.card-name').allTextContents();

  it('is driven by keys: arrows, copy, select, overlay, and Esc steps back', async () => {
    const page = await session.open(small);
    const focusedPosition = (): Promise<unknown> => page.evaluate('document.activeElement.dataset.position');

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

  it('keeps the steps at the edges of the lightbox while a picture is zoomed', async () => {
    const page = await session.openModel(small, knownModel(small));
    await page.locator('.strip .shot').nth(1).click();
    await page.waitForSelector('#lightbox[open]');
    await atRest(page);
    const steps = page.locator('.lightbox-step');
    const placeOf = async (at: number): Promise<number> =>
      (await steps.nth(at).boundingBox())?.x ?? Number.NaN;
    const before = [await placeOf(0), await placeOf(1)];
    await page.keyboard.press('z');
    await until(page, `document.querySelector('.lightbox-stage.zoomed')?.scrollLeft > 100`);

    for (const [at, x] of before.entries()) expect(Math.abs((await placeOf(at)) - x)).toBeLessThan(40);
    await session.expectQuiet();
  });

  it('opens the options below the bar, however high that is', async () => {
    const page = await session.open(small, '', { width: 390, height: 844, touch: true });
    await page.getByRole('button', { name: 'View options' }).click();
    await atRest(page);
    const bar = await page.locator('.bar').boundingBox();
    const options = await page.locator('#options').boundingBox();

    expect(options?.y).toBeGreaterThanOrEqual((bar?.height ?? Number.NaN) - 1);
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
});
