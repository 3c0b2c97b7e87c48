import { render } from 'preact';
import { applyTheme, localStore, readSettings } from '../shared/settings.ts';
import { App } from './app.tsx';
import { readAbout, readCards, readHead } from './card-data.ts';
import { sortNamed } from './sort.ts';

// Before the first paint: the page must not flash in the wrong light.
applyTheme(readSettings(localStore()).theme);
document.addEventListener('DOMContentLoaded', () => void start());

async function start(): Promise<void> {
  const place = document.getElementById('app');
  if (place === null) return;
  try {
    const assets = document.body.dataset['assets'] ?? '';
    const head = readHead(pushed('civitariumCards'));
    await Promise.all(head.shards.map((name) => loadScript(assets + name)));
    const cards = readCards(pushed('civitariumCards'), head);
    const loadAbout = async (): Promise<string[]> => {
      // A missing text only makes search poorer.
      await Promise.allSettled(head.about.map((name) => loadScript(assets + name)));
      return readAbout(pushed('civitariumAbout'), head);
    };
    place.replaceChildren();
    const { title = '', kind, sort } = document.body.dataset;
    const browser = kind === 'browser' ? { sort: sortNamed(sort, 'downloads') } : undefined;
    render(<App {...{ title, cards, loadAbout, browser }} />, place);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const line = document.getElementById('waiting');
    if (line !== null) line.textContent = `${words} Run civitarium pages to write it anew.`;
  }
}

function pushed(name: string): unknown {
  return Reflect.get(window, name);
}

/** Fetch is blocked on `file://`; a script element is not. */
function loadScript(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () =>
      reject(new Error(`A file beside this gallery is missing: ${url}.`)),
    );
    document.head.append(script);
  });
}
