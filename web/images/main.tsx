import { render } from 'preact';
import { sayWhy } from '../shared/load-script.ts';
import { applyTheme, localStore, readSettings } from '../shared/settings.ts';
import { ImageApp } from './image-app.tsx';
import { loadImages } from './image-data.ts';
import { ImagePage } from './image-page.tsx';

// Before the first paint: the page must not flash in the wrong light.
applyTheme(readSettings(localStore()).theme);
document.addEventListener('DOMContentLoaded', () => void start());

async function start(): Promise<void> {
  const place = document.getElementById('app');
  if (place === null) return;
  try {
    const images = await loadImages();
    const { title = '', gallery = '', shows } = document.body.dataset;
    place.replaceChildren();
    if (shows === 'one') render(<ImagePage images={images} />, place);
    else render(<ImageApp {...{ title, gallery, images }} />, place);
  } catch (error) {
    sayWhy(error);
  }
}
