/** One browser and a few galleries on disk for a whole test file. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { CardView } from '../src/catalog/views.ts';
import { openBrowser, type PageOptions } from './browser.ts';
import { pagePool, until } from './page-pool.ts';
import { type SampleGallery, sampleCards, writeSampleGallery } from './sample-gallery.ts';

export interface GallerySession {
  readonly browser: Browser;
  /** A folder of the test's own. */
  readonly folder: string;
  /** Writes a gallery of made-up models. */
  sample(name: string, count: number, pages: number): Promise<SampleGallery>;
  /** Opens a gallery in a page that remembers nothing; `hash` with its `#`. */
  open(gallery: SampleGallery, hash?: string, options?: PageOptions): Promise<Page>;
  /** Opens a model's page in a page that remembers nothing. */
  openModel(gallery: SampleGallery, card: CardView, options?: PageOptions): Promise<Page>;
  /** Nothing was said on the console and nothing was asked of any network since the last look; frees all pages. */
  expectQuiet(): Promise<void>;
  freePages(): Promise<void>;
  end(): Promise<void>;
}

/** Builds the browser app as it is now and starts the browser. */
export async function gallerySession(): Promise<GallerySession> {
  const folder = await mkdtemp(join(tmpdir(), 'civitarium-gallery-'));
  const build = join(import.meta.dirname, '../scripts/build.ts');
  await promisify(execFile)(process.execPath, [build, '--web']);
  const browser = await openBrowser();
  const pages = pagePool(browser);
  const visit = async (url: string, options: PageOptions): Promise<Page> => {
    const page = await pages.take(options);
    await page.goto(url);
    return page;
  };
  return {
    browser,
    folder,
    sample: (name, count, pages) => writeSample(join(folder, name), count, pages),
    async open(gallery, hash = '', options = {}) {
      const page = await visit(gallery.galleryUrl + hash, options);
      await page.waitForSelector('[role="grid"], .results .empty');
      return page;
    },
    openModel: (gallery, card, options = {}) => visit(gallery.urlOf(card.path), options),
    expectQuiet: pages.expectQuiet,
    freePages: pages.free,
    async end() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function writeSample(root: string, count: number, pages: number): Promise<SampleGallery> {
  return writeSampleGallery(root, sampleCards(count, root), {
    pages,
    title: 'My models',
    // Pictures for the documents show no folder of the machine they were taken on.
    change: (view) => ({ ...view, path: `/home/me/models/${view.relativePath}` }),
  });
}

/** The number of models the gallery says it shows. */
export async function shown(page: Page): Promise<number> {
  const text = await page.locator('#shown').textContent();
  return Number((text ?? '').replaceAll(',', ''));
}

/** Waits until the gallery shows this many models. */
export function settle(page: Page, count: number): Promise<void> {
  return until(page, `document.querySelector('#shown').textContent.replaceAll(',', '') === '${count}'`);
}

/** A model of the sample that the site knows and that needs no blur. */
export function knownModel(gallery: SampleGallery): CardView {
  const card = gallery.cards.find(
    ({ modelId, state, nsfwLevel }) => modelId !== undefined && state === 'found' && nsfwLevel === 1,
  );
  if (card === undefined) throw new Error('The sample holds no known model.');
  return card;
}
