/** Pages of one browser, used again from test to test: a context of its own for each costs a second on a busy machine. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type PageOptions, type WatchedPage, watchedPage } from './browser.ts';

export interface PagePool {
  /** An empty page that remembers nothing of those before. */
  take(options?: PageOptions): Promise<Page>;
  /** Nothing was said on the console and nothing was asked of any network by the pages taken; all are free again. */
  expectQuiet(): Promise<void>;
  /** All are free again, whatever they said. */
  free(): Promise<void>;
}

/** An empty pool. The browser's end is the end of its pages. */
export function pagePool(browser: Browser): PagePool {
  const idle = new Map<string, WatchedPage[]>();
  const taken: { readonly kind: string; readonly watched: WatchedPage }[] = [];
  const free = async (): Promise<void> => {
    for (const { kind, watched } of taken.splice(0)) {
      await forget(watched);
      idle.set(kind, [...(idle.get(kind) ?? []), watched]);
    }
  };
  return {
    async take(options = {}) {
      const kind = JSON.stringify(Object.entries(options).toSorted());
      const watched = idle.get(kind)?.pop() ?? (await watchedPage(browser, options));
      taken.push({ kind, watched });
      return watched.page;
    },
    async expectQuiet() {
      for (const { watched } of taken) {
        expect(watched.complaints).toEqual([]);
        expect(watched.remote).toEqual([]);
      }
      await free();
    },
    free,
  };
}

/** What the reader chose goes, then the page; the next address is loaded anew, were it the same one. */
async function forget({ page, complaints, remote }: WatchedPage): Promise<void> {
  if (page.url().startsWith('file:')) await page.evaluate('localStorage.clear(); sessionStorage.clear()');
  await page.goto('about:blank');
  complaints.length = 0;
  remote.length = 0;
}

/** Waits for an expression to become true; the pages' own policy forbids playwright's way, which evaluates text. */
export async function until(page: Page, expression: string): Promise<void> {
  await expect
    .poll(() => page.evaluate(`Boolean(${expression})`), { timeout: 5000, interval: 25, message: expression })
    .toBe(true);
}

/** Waits until what was asked for is drawn, nothing moves, and each picture in the window has come or can not. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await until(
    page,
    `document.readyState === 'complete' && document.querySelector('#waiting') === null &&
      document.getAnimations().every(({ playState }) => playState !== 'running') &&
      [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight)`,
  );
}

/** Rules and places of all faults of accessibility on a page at rest. `axe` is the text of axe-core. */
export async function faultsOf(page: Page, axe: string): Promise<unknown> {
  await atRest(page);
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 200) + ' ' + failureSummary).join(' | ')))`,
  );
}

/** The text of axe-core, to run in a page. */
export function readAxe(): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}

/** Addresses of an open page that lead to no file, or that are more than an address. */
export async function badLinks(page: Page): Promise<string[]> {
  const hrefs = await page.evaluate<string[]>(
    `['href', 'src', 'poster'].flatMap((name) => [...document.querySelectorAll('[' + name + ']')].map((one) => new URL(one.getAttribute(name), document.baseURI).href))`,
  );
  return hrefs.filter((href) =>
    href.startsWith('file:')
      ? !existsSync(fileURLToPath(href.replace(/[?#].*$/, '')))
      : !/^https?:/.test(href),
  );
}
