/// <reference lib="dom" />
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_NAMES } from '../../standin/library/hostile-names.ts';
import { makeSampleLibrary } from '../../standin/library/sample-library.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import type { Oddity } from '../../standin/world/oddities.ts';
import { ordinalOf } from '../../standin/world/oddities.ts';
import { findChromium, NO_BROWSER, openBrowser, watchedPage } from '../browser.ts';
import type { WatchedPage } from '../browser.ts';
import { makeHome } from '../cli.ts';
import type { Home } from '../cli.ts';
import { treeOf } from '../tree.ts';
import { safetensors } from './testing/model-bytes.ts';

const HOSTILE: readonly Oddity[] = [
  'script-text',
  'handler-text',
  'right-to-left',
  'cjk',
  'emoji',
  'odd-words',
  'illegal-name',
  'css-text',
  'script-links',
  'long-name',
  'long-description',
];
/** In the page: the names by which the texts of the world and our own header below show that they ran. */
const SIGNS_SEEN = `['__hostile', '__xss', '__ran'].filter((name) => name in globalThis)`;
/** In the page: all addresses in it, resolved. */
const ADDRESSES = `['href', 'src', 'poster', 'action', 'formaction'].flatMap((name) =>
  [...document.querySelectorAll('[' + name + ']')].map((one) => new URL(one.getAttribute(name), document.baseURI).href))`;

if (findChromium() === undefined) console.log(NO_BROWSER);

describe.skipIf(findChromium() === undefined)(
  'a library full of hostile texts and names, in a real browser',
  () => {
    let standin: Standin;
    let home: Home;
    let models: string;
    let browser: Browser;
    let watched: WatchedPage;

    beforeAll(async () => {
      standin = await startStandin({ models: 100, images: 0, seed: 91 });
      home = makeHome();
      models = join(home.folder, 'models <b>&amp;"\'');
      await makeSampleLibrary(standin.world, models);
      writeHostileHeader();
      const result = await home.run([
        'scan',
        models,
        '--api-url',
        standin.apiUrl,
        '--rate',
        '60000',
        '--images',
        '2',
        '--json',
      ]);
      if (result.code !== 0) throw new Error(JSON.stringify(result.json.failures));
      browser = await openBrowser();
      watched = await watchedPage(browser);
    }, 120_000);

    afterAll(async () => {
      await browser.close();
      home.remove();
      await standin.close();
    });

    /** A training of nobody's, whose header tries it too. */
    function writeHostileHeader(): void {
      const attack = '<img src=x onerror="window.__hostile=1"><script>window.__hostile=1</script>';
      const metadata = {
        ss_output_name: attack,
        ss_sd_model_name: `javascript:window.__hostile=1`,
        ss_base_model_version: attack,
        'modelspec.title': attack,
        'modelspec.description': attack,
        'modelspec.thumbnail': `data:text/html,${attack}`,
        ss_tag_frequency: JSON.stringify({
          [attack]: { [attack]: 3, '</script><script>window.__hostile=1</script>': 2 },
        }),
      };
      mkdirSync(join(models, 'own'), { recursive: true });
      const header = JSON.stringify({
        __metadata__: metadata,
        w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      });
      writeFileSync(join(models, 'own', 'header.safetensors'), safetensors(header, Buffer.alloc(4)));
    }

    function pages(): string[] {
      return Object.keys(treeOf(models, (path) => path.endsWith('.html') && path !== 'gallery.html')).map(
        (name) => Buffer.from(name, 'latin1').toString('utf8'),
      );
    }

    async function signs(): Promise<string[]> {
      return await watched.page.evaluate<string[]>(SIGNS_SEEN);
    }

    /** Addresses of the open page that lead to no file, or that are more than an address. */
    async function badLinks(): Promise<string[]> {
      const hrefs = await watched.page.evaluate<string[]>(ADDRESSES);
      const isBad = (href: string): boolean =>
        href.startsWith('file:')
          ? !existsSync(fileURLToPath(href.replace(/[?#].*$/, '')))
          : !/^(?:https?|mailto):/.test(href);
      return hrefs.filter(isBad);
    }

    /** By its name, or by what is in it. */
    function isHostile(page: string): boolean {
      if (/^(?:odd names|own)\//.test(page)) return true;
      return /__hostile|javascript|\u202e|onerror|evil\.example/i.test(
        readFileSync(join(models, page), 'utf8'),
      );
    }

    it('has all of it', () => {
      const versions = HOSTILE.map((oddity) => standin.world.modelIds()[ordinalOf(oddity)]);
      expect(versions.filter((id) => id === undefined)).toEqual([]);
      expect(pages().length).toBeGreaterThan(100 + HOSTILE_NAMES.length);
    });

    it(
      'runs nothing, asks nobody and complains of nothing on any hostile page, and every link leads to a file or a site',
      { timeout: 120_000 },
      async () => {
        const bad: string[] = [];
        const open = pages().filter((page, index) => index % 10 === 0 || isHostile(page));
        expect(open.length).toBeGreaterThan(30);
        for (const page of open) {
          await watched.page.goto(pathToFileURL(join(models, page)).href, { waitUntil: 'load' });
          bad.push(...(await badLinks()).map((href) => `${page} → ${href}`));
          expect(await signs(), page).toEqual([]);
        }
        expect(bad).toEqual([]);
        expect(watched.complaints).toEqual([]);
        expect(watched.remote).toEqual([]);
      },
    );

    it('shows all of it in the gallery, and search and click do no more', { timeout: 120_000 }, async () => {
      const { page } = watched;
      await page.goto(pathToFileURL(join(models, 'gallery.html')).href, { waitUntil: 'load' });
      await page.waitForSelector('#app a');
      expect(await signs()).toEqual([]);
      for (const words of [
        '<script>',
        'onerror',
        'javascript:',
        '"><img',
        '../',
        '\u202e',
        '💥',
        '%00',
        '\\',
        '(',
        '*',
      ]) {
        await page.fill('input[type=search]', words);
        await page.waitForTimeout(60);
      }
      await page.fill('input[type=search]', 'header');
      await page.waitForSelector('#app a[href*="header"]');
      await page.click('#app a[href*="header"]');
      await page.waitForURL(/header\.html/);
      expect(await page.innerText('main')).toContain('<img src=x onerror=');
      expect(await signs()).toEqual([]);
      expect(watched.complaints).toEqual([]);
      expect(watched.remote).toEqual([]);
    });
  },
);
