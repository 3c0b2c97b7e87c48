import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardView } from '../src/catalog/views.ts';
import { findChromium, NO_BROWSER, type PageOptions, watchedPage } from './browser.ts';
import { type GallerySession, gallerySession, knownModel, settle, shown } from './gallery-session.ts';
import { faultsOf, readAxe, until } from './page-pool.ts';
import { type SampleGallery, sampleCards, writeSampleGallery } from './sample-gallery.ts';

const chromium = findChromium();
if (chromium === undefined) console.warn(NO_BROWSER);

describe.skipIf(chromium === undefined)(
  'gallery and pages in a browser, under bad conditions',
  { timeout: 120_000 },
  () => {
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

    it('is free of accessibility faults in light and dark, wide and narrow', async () => {
      const axe = await readAxe();
      const unknown = small.cards.find(({ modelId }) => modelId === undefined);
      const removed = small.cards.find(({ state }) => state === 'removed');
      const looks: PageOptions[] = [{}, { dark: true }, { width: 390, height: 844, dark: true }];
      for (const look of looks) {
        const page = await session.open(small, '#type=LORA', look);
        const addresses = [
          `${small.galleryUrl}#view=list`,
          `${small.galleryUrl}#q=nothingatall`,
          ...[unknown, removed, knownModel(small)].flatMap((card) =>
            card === undefined ? [] : [small.urlOf(card.path)],
          ),
        ];

        expect(await faultsOf(page, axe)).toEqual([]);
        for (const address of addresses) {
          await page.goto(address);
          expect(await faultsOf(page, axe)).toEqual([]);
        }
        await page.locator('.strip .shot').first().click();
        expect(await faultsOf(page, axe)).toEqual([]);
      }
      await session.expectQuiet();
    });

    it('runs nothing that stands in any text field', async () => {
      const root = join(session.folder, 'hostile');
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
      const page = await session.open(gallery);
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
      await session.expectQuiet();
    });

    it('says what is missing when the data beside it is not there', async () => {
      const root = join(session.folder, 'broken');
      const gallery = await writeSampleGallery(root, sampleCards(3, root), { pages: 0 });
      await rm(join(root, 'gallery.files', 'cards.js'));
      const watched = await watchedPage(session.browser);
      await watched.page.goto(gallery.galleryUrl);

      await watched.page.waitForSelector('text=Run civitarium pages to write it anew');
      expect(watched.remote).toEqual([]);
      await watched.context.close();
    });
  },
);

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
