import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardView } from '../src/catalog/views.ts';
import {
  findChromium,
  NO_BROWSER,
  openBrowser,
  type PageOptions,
  watchedPage,
  type WatchedPage,
} from './browser.ts';
import { type SampleGallery, sampleCards, writeSampleGallery } from './sample-gallery.ts';

const chromium = findChromium();
if (chromium === undefined) console.warn(NO_BROWSER);

/** Where pictures for the documents go; without it they land with the test's other files and go with them. */
const PICTURES = process.env['CIVITARIUM_SCREENSHOTS'];

describe.skipIf(chromium === undefined)('the gallery in a browser, opened from disk', () => {
  let folder = '';
  let browser: Browser;
  let small: SampleGallery;
  let large: SampleGallery;
  const opened: WatchedPage[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'civitarium-gallery-'));
    await promisify(execFile)(process.execPath, ['scripts/build.ts', '--web'], {
      cwd: join(import.meta.dirname, '..'),
    });
    small = await sample('small #1 %41', 100, 100);
    large = await sample('large', 10_000, 40);
    browser = await openBrowser();
  });

  beforeEach(async () => {
    for (const { context } of opened.splice(0)) await context.close();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function sample(name: string, count: number, pages: number): Promise<SampleGallery> {
    const root = join(folder, name);
    return writeSampleGallery(root, sampleCards(count, root), {
      pages,
      title: 'My models',
      // Pictures for the documents show no folder of the machine they were taken on.
      change: (view) => ({ ...view, path: `/home/me/models/${view.relativePath}` }),
    });
  }

  async function open(gallery: SampleGallery, hash = '', options: PageOptions = {}): Promise<Page> {
    const watched = await watchedPage(browser, options);
    opened.push(watched);
    await watched.page.goto(gallery.galleryUrl + hash);
    await watched.page.waitForSelector('[role="grid"], .results .empty');
    return watched.page;
  }

  async function openModel(gallery: SampleGallery, card: CardView, options: PageOptions = {}): Promise<Page> {
    const watched = await watchedPage(browser, options);
    opened.push(watched);
    await watched.page.goto(gallery.urlOf(card.path));
    return watched.page;
  }

  /** Nothing was said on the console and nothing was asked of any network since the last look. */
  async function expectQuiet(): Promise<void> {
    for (const { complaints, remote, context } of opened.splice(0)) {
      expect(complaints).toEqual([]);
      expect(remote).toEqual([]);
      await context.close();
    }
  }

  const shown = (page: Page): Promise<number> =>
    page
      .locator('#shown')
      .textContent()
      .then((text) => Number((text ?? '').replaceAll(',', '')));
  const names = (page: Page): Promise<string[]> => page.locator('.card-name').allTextContents();
  const settle = (page: Page, count: number): Promise<void> =>
    until(page, `document.querySelector('#shown').textContent.replaceAll(',', '') === '${count}'`);
  const known = (gallery: SampleGallery): CardView => {
    const card = gallery.cards.find(
      ({ modelId, state, nsfwLevel }) => modelId !== undefined && state === 'found' && nsfwLevel === 1,
    );
    if (card === undefined) throw new Error('The sample holds no known model.');
    return card;
  };

  it('shows every model of a small and of a large library, drawing only what is near', async () => {
    for (const gallery of [small, large]) {
      const page = await open(gallery);

      expect(await shown(page)).toBe(gallery.cards.length);
      expect(await page.locator('.card').count()).toBeLessThan(80);
      expect(await page.locator('.card').count()).toBeGreaterThan(4);
    }
    await expectQuiet();
  });

  it('loads thumbnails, and shows the last models after a scroll to the end', async () => {
    const page = await open(large);
    await until(page, `[...document.querySelectorAll('.cover img')].some((image) => image.naturalWidth > 0)`);

    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)');
    const last = (await names(page)).length;
    await until(page, `document.querySelector('[data-position="9999"]') !== null`);

    expect(last).toBeGreaterThan(0);
    await expectQuiet();
  });

  it('finds by words of any field, all of them, and leaves out what follows a minus', async () => {
    const page = await open(small);
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
    await expectQuiet();
  });

  it('counts facets under the present filter, joins values of one, and can leave one out', async () => {
    const page = await open(small);
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
    await expectQuiet();
  });

  it('keeps filter, sort, layout and place in the URL through back, forward and reload', async () => {
    const page = await open(large);
    const loras = large.cards.filter(({ type }) => type === 'LORA').length;

    await page.locator('[aria-labelledby="facet-type"]').getByRole('button', { name: /^LORA/ }).click();
    await page.getByRole('combobox', { name: 'Sort by' }).selectOption('downloads');
    await page.evaluate('window.scrollTo(0, 30000)');
    await page.waitForTimeout(400);
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
    await expectQuiet();
  });

  it('is driven by keys: arrows, copy, select, overlay, and Esc steps back', async () => {
    const page = await open(small);
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
    await expectQuiet();
  });

  it('sorts the list by its heads and shows the columns the reader chose', async () => {
    const page = await open(small, '#view=list');

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
    await expectQuiet();
  });

  it('blurs mature covers by level, as chosen and remembered', async () => {
    const page = await open(small, '#level=X');
    const blurred = page.locator('.cover.is-blurred');

    await page.waitForSelector('.cover.is-blurred .level:has-text("X")');
    await page.getByRole('button', { name: 'View options' }).click();
    await page.getByRole('combobox', { name: 'Blur from' }).selectOption('XXX');
    expect(await blurred.count()).toBe(0);
    await page.reload();
    await page.waitForSelector('.card');

    expect(await blurred.count()).toBe(0);
    await expectQuiet();
  });

  it('opens a model, walks the filtered order and comes back to the same place', async () => {
    const page = await open(small, '#type=LORA&sort=size');
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
    await expectQuiet();
  });

  it('shows a model page with its lightbox, keys and copy buttons', async () => {
    const card = known(small);
    const page = await openModel(small, card);
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
    await expectQuiet();
  });

  it('is free of accessibility faults in light and dark, wide and narrow', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const unknown = small.cards.find(({ modelId }) => modelId === undefined);
    const removed = small.cards.find(({ state }) => state === 'removed');
    const looks: PageOptions[] = [{}, { dark: true }, { width: 390, height: 844, dark: true }];
    for (const look of looks) {
      const page = await open(small, '#type=LORA', look);
      const addresses = [
        `${small.galleryUrl}#view=list`,
        `${small.galleryUrl}#q=nothingatall`,
        ...[unknown, removed, known(small)].flatMap((card) =>
          card === undefined ? [] : [small.urlOf(card.path)],
        ),
      ];

      expect(await faults(page, axe)).toEqual([]);
      for (const address of addresses) {
        await page.goto(address);
        expect(await faults(page, axe)).toEqual([]);
      }
      await page.locator('.strip .shot').first().click();
      expect(await faults(page, axe)).toEqual([]);
    }
    await expectQuiet();
  });

  it('runs nothing that stands in any text field', async () => {
    const root = join(folder, 'hostile');
    const cards = sampleCards(TRICKS.length, root).map((card, index) => hostileCard(card, root, index));
    const gallery = await writeSampleGallery(root, cards, {
      pages: cards.length,
      title: TRICKS[0] ?? '',
      change: (view) => poisoned(view, TRICKS[view.fileId - 1] ?? ''),
    });
    const untouched = async (page: Page): Promise<void> => {
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator(LIVE).count()).toBe(0);
    };
    const page = await open(gallery);
    expect(await shown(page)).toBe(cards.length);
    await page.locator('#search').fill(TRICKS[0] ?? '');
    await untouched(page);
    await page.goto(`${gallery.galleryUrl}#view=list&q=${encodeURIComponent(TRICKS[1] ?? '')}`);
    await page.goto(`${gallery.galleryUrl}#creator=${encodeURIComponent(TRICKS[2] ?? '')}`);
    await settle(page, 1);
    await untouched(page);
    await page.locator('[data-position="0"]').click();
    await page.waitForSelector('.facts');
    for (const card of cards) {
      await page.goto(gallery.urlOf(card.path));
      await until(page, 'Array.isArray(window.civitariumNav)');
      await page.locator('.shot').first().click();
      await untouched(page);
    }
    await expectQuiet();
  });

  it('fits a phone: two columns, filters as a sheet, nothing wider than the screen', async () => {
    const phone: PageOptions = { width: 390, height: 844, touch: true };
    const page = await open(small, '', phone);
    await page.waitForSelector('.card');

    expect(await page.getAttribute('[role="grid"]', 'aria-colcount')).toBe('2');
    expect(await page.locator('.side').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Filters', exact: true }).click();
    await page.waitForSelector('.side.is-open');
    await page.locator('[aria-labelledby="facet-type"]').getByRole('button', { name: /^LORA/ }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    await settle(page, small.cards.filter(({ type }) => type === 'LORA').length);
    const model = await openModel(small, known(small), phone);

    for (const seen of [page, model]) {
      expect(
        await seen.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
      ).toBe(0);
    }
    await expectQuiet();
  });

  it('changes light and dark by a button, remembered by gallery and pages', async () => {
    const page = await open(small);
    const dark = (): Promise<unknown> =>
      page.evaluate(`getComputedStyle(document.documentElement).colorScheme`);

    await page
      .getByRole('button', { name: /^Theme/ })
      .first()
      .click();
    expect(await dark()).toBe('dark');
    await page.goto(small.urlOf(known(small).path));
    expect(await dark()).toBe('dark');
    await page.locator('#theme').click();

    expect(await dark()).toBe('light');
    await expectQuiet();
  });

  it('says what is missing when the data beside it is not there', async () => {
    const root = join(folder, 'broken');
    const gallery = await writeSampleGallery(root, sampleCards(3, root), { pages: 0 });
    await rm(join(root, 'gallery.files', 'cards.js'));
    const watched = await watchedPage(browser);
    await watched.page.goto(gallery.galleryUrl);

    await watched.page.waitForSelector('text=Run civitarium pages to write it anew');
    expect(watched.remote).toEqual([]);
    await watched.context.close();
  });

  it('takes the pictures for the documents', async () => {
    const to = PICTURES ?? join(folder, 'pictures');
    await mkdir(to, { recursive: true });
    const take = async (page: Page, name: string): Promise<void> => {
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(to, `${name}.png`) });
    };

    await take(await open(large, '#sort=downloads'), 'gallery-light');
    await take(await open(large, '#sort=downloads', { dark: true }), 'gallery-dark');
    await take(await open(large, '#view=list&sort=downloads&base=SDXL+1.0'), 'gallery-list');
    await take(
      await open(large, '#sort=thumbs', { width: 390, height: 844, dark: true, touch: true }),
      'gallery-phone',
    );
    const model = await openModel(large, known(large));
    await take(model, 'model-page');
    await model.locator('.strip .shot').first().click();
    await take(model, 'lightbox');

    expect((await readFile(join(to, 'gallery-light.png'))).length).toBeGreaterThan(20_000);
    await expectQuiet();
  });
});

/** Waits for an expression to become true; the pages' own policy forbids playwright's way, which evaluates text. */
async function until(page: Page, expression: string): Promise<void> {
  await expect
    .poll(() => page.evaluate(`Boolean(${expression})`), { timeout: 5000, interval: 25, message: expression })
    .toBe(true);
}

/** Rule and places of every fault that axe finds. */
async function faults(page: Page, axe: string): Promise<unknown> {
  await page.waitForTimeout(150);
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))`,
  );
}

const TRICKS: readonly string[] = [
  '<script>window.hacked = 1</script>',
  '"><img src=x onerror="window.hacked = 1">',
  "'-window.hacked=1-'",
  'javascript:window.hacked=1',
  '</script><script>window.hacked = 1</script>',
  '<a href="javascript:window.hacked=1" onclick="window.hacked=1">x</a>',
  '<div style="background:url(https://example.org/x.png);width:expression(window.hacked=1)">x</div>',
  '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe><object data="https://example.org"></object>',
  '<svg onload="window.hacked=1"><animate onbegin="window.hacked=1"/></svg>',
  '<style>@import url(https://example.org/a.css); body { display: none }</style>',
  "\u2028window.hacked=1\u2029 \\'); window.hacked=1; ('",
  '${window.hacked=1} `+window.hacked=1+` __proto__ constructor',
  '<meta http-equiv="refresh" content="0;url=https://example.org"><base href="https://example.org/">',
  '<form action="https://example.org"><button autofocus onfocus="window.hacked=1">x</button></form>',
  '<img src="https://example.org/pixel.png"><video autoplay src="https://example.org/v.mp4"></video>',
];

/** What no hostile text may bring into a page. */
const LIVE =
  'a[href^="javascript:"], [onerror], [onclick], [onload], [onfocus], [style*="expression"], iframe, object, form, base';

function hostileCard(card: CardView, root: string, index: number): CardView {
  const trick = TRICKS[index] ?? '';
  const stem = `javascript:alert(${index})#?%41 <b>"'&`;
  return {
    ...card,
    path: join(root, `${stem}.safetensors`),
    relativePath: `${stem}.safetensors`,
    state: 'found',
    modelId: index + 1,
    versionId: index + 1,
    name: trick,
    versionName: trick,
    type: trick,
    baseModel: trick,
    creator: trick,
    folder: trick,
    tags: [trick, '__proto__', 'constructor'],
    trainedWords: [trick],
    about: trick,
  };
}

/** The same value with every text replaced, but for states and the places of files. */
function poisoned<T>(value: T, trick: string): T {
  if (typeof value === 'string') return trick as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => poisoned(item, trick)) as T;
  const kept = new Set(['path', 'heldPath', 'state', 'media', 'duplicates']);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, kept.has(key) ? inner : poisoned(inner, trick)]),
  ) as T;
}
