/**
 * The gallery at 10,000 models: writing its data, opening it from disk, a keystroke in search. Medians; each beside a
 * baseline taken in the same run, so that a slow machine shows.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import type { CardView } from '../src/catalog/views.ts';
import { galleryData } from '../src/pages/gallery.ts';
import { findChromium, NO_BROWSER, openBrowser } from '../test/browser.ts';
import { type SampleGallery, sampleCards, writeSampleGallery } from '../test/sample-gallery.ts';
import { type BenchResult, median } from './result.ts';

const MODELS = 10_000;
const ROUNDS = 7;
/** What is typed, a letter at a time, in the keystroke bench. */
const TYPED = 'woodblock study night ink';

/** All gallery figures; those that need a browser fail with a sentence when there is none. */
export async function run(): Promise<BenchResult[]> {
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, '../scripts/build.ts'), '--web']);
  const folder = await mkdtemp(join(tmpdir(), 'civitarium-bench-'));
  try {
    const cards = sampleCards(MODELS, folder);
    const built = buildBench(cards);
    if (findChromium() === undefined) return [built, ...withoutBrowser()];
    const gallery = await writeSampleGallery(folder, cards, { pages: 0 });
    const browser = await openBrowser();
    try {
      return [built, await openBench(browser, gallery), await keystrokeBench(browser, gallery)];
    } finally {
      await browser.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Baseline: the same cards as plain JSON, which any gallery must at least write. */
function buildBench(cards: readonly CardView[]): BenchResult {
  const url = (path: string): string => path.slice(1);
  const time = (work: () => unknown): number => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  const rounds = Array.from({ length: ROUNDS }, () => ({
    ours: time(() => [...galleryData(cards, url, url, (card) => card.cover && url(card.cover.path))]),
    plain: time(() => JSON.stringify(cards)),
  }));
  const ours = median(rounds.map((round) => round.ours));
  return milliseconds(
    'gallery: data of 10,000 models',
    ours,
    1000,
    `JSON.stringify of the cards ${format(median(rounds.map((round) => round.plain)))}`,
  );
}

/** Baseline: an empty page from disk. */
async function openBench(browser: Browser, gallery: SampleGallery): Promise<BenchResult> {
  const ours: number[] = [];
  const empty: number[] = [];
  const emptyPage = join(gallery.root, 'empty.html');
  await writeFile(emptyPage, '<!doctype html><title>Empty</title><p>Nothing</p>');
  const emptyUrl = pathToFileURL(emptyPage).href;
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await timeToFirst(browser, gallery.galleryUrl, '.card'));
    empty.push(await timeToFirst(browser, emptyUrl, 'p'));
  }
  return milliseconds(
    'gallery: open from disk to first cards',
    median(ours),
    1000,
    `an empty page ${format(median(empty))}`,
  );
}

/** Milliseconds from the start of the navigation until an element stands and has been painted. */
async function timeToFirst(browser: Browser, url: string, selector: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(`
      new MutationObserver((_, watcher) => {
        if (document.querySelector(${JSON.stringify(selector)}) === null) return;
        watcher.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.firstShown = performance.now(); }));
      }).observe(document, { childList: true, subtree: true });`);
    await page.goto(url);
    for (;;) {
      const shown = await page.evaluate('window.firstShown');
      if (typeof shown === 'number') return shown;
    }
  } finally {
    await context.close();
  }
}

/** Baseline: a keystroke that nobody listens to, until the next frame. */
async function keystrokeBench(browser: Browser, gallery: SampleGallery): Promise<BenchResult> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(gallery.galleryUrl);
  await page.waitForSelector('.card');
  // All descriptions are read: later keystrokes search everything.
  await page.waitForTimeout(3000);
  const ours = await keystrokes(page, `document.querySelector('#search')`);
  const idle = await keystrokes(page, `document.createElement('input')`);
  await context.close();
  const slowest = Math.max(...ours);
  return milliseconds(
    'gallery: keystroke in search',
    median(ours),
    50,
    `slowest ${format(slowest)}; unheard keystroke ${format(median(idle))}`,
  );
}

/** Milliseconds from each letter to the frame that shows its results, layout and paint included. */
async function keystrokes(page: Page, field: string): Promise<number[]> {
  return page.evaluate(`(async () => {
    const field = ${field};
    const painted = () => new Promise((resolve) => requestAnimationFrame(() => { const pipe = new MessageChannel(); pipe.port1.onmessage = resolve; pipe.port2.postMessage(0); }));
    const times = [];
    for (let length = 1; length <= ${TYPED.length}; length += 1) {
      await painted();
      const start = performance.now();
      field.value = ${JSON.stringify(TYPED)}.slice(0, length);
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await painted();
      times.push(performance.now() - start);
    }
    return times;
  })()`);
}

function withoutBrowser(): BenchResult[] {
  return ['gallery: open from disk to first cards', 'gallery: keystroke in search'].map((name) => ({
    name,
    target: 'needs Chromium',
    figure: Number.NaN,
    unit: 'ms',
    pass: false,
    detail: NO_BROWSER,
  }));
}

function milliseconds(name: string, figure: number, most: number, baseline: string): BenchResult {
  return {
    name,
    target: `≤ ${most} ms`,
    figure,
    unit: 'ms',
    pass: figure <= most,
    detail: `median; baseline: ${baseline}`,
  };
}

function format(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
