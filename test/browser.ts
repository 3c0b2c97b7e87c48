/** A real browser for tests and benchmarks: finds Chromium and drives it. */
import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
] as const;

/** Nothing but the page under test may reach for the network. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** Path of a Chromium: `CIVITARIUM_CHROMIUM`, else the usual places; `undefined` when there is none. */
export function findChromium(): string | undefined {
  const named = process.env['CIVITARIUM_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  return PLACES.find((path) => existsSync(path));
}

/** The sentence to print when tests must be skipped. */
export const NO_BROWSER =
  'No Chromium found: everything that needs a browser is skipped. Install chromium or set CIVITARIUM_CHROMIUM.';

/** Starts the browser; the caller closes it. Throws when there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(NO_BROWSER);
  const { chromium } = await import('playwright-core');
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: [...FLAGS, ...(asRoot ? ['--no-sandbox'] : [])] });
}

/** A page with an account of what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, uncaught errors, dialogs. */
  readonly complaints: string[];
  /** Requests for anything but local files. */
  readonly remote: string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly touch?: boolean;
}

/** Opens an empty page in a context of its own. */
export async function watchedPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.dark === true ? 'dark' : 'light',
    hasTouch: options.touch === true,
    permissions: ['clipboard-read', 'clipboard-write'],
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const remote: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => {
    if (!/^(?:file|data|blob|about):/.test(request.url())) remote.push(request.url());
  });
  return { page, context, complaints, remote };
}
