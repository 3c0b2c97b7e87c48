import { render } from 'preact';
import { loadScript, pushed, sayWhy } from '../shared/load-script.ts';
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
    const { title = '', kind, sort, images } = document.body.dataset;
    const browser = kind === 'browser' ? { sort: sortNamed(sort, 'downloads') } : undefined;
    const other = images === undefined ? undefined : { href: `${assets}images.html`, count: Number(images) };
    render(<App {...{ title, cards, loadAbout, browser, images: other }} />, place);
  } catch (error) {
    sayWhy(error);
  }
}
