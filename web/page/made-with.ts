import { localStore, readSettings } from '../shared/settings.ts';

/** One image of `made-with-N.js`: id, small picture relative to the side files, level, media. */
type MadeLine = readonly [id: number, thumb: string, level: number, media: string];

const LEVEL_NAMES = ['unrated', 'PG', 'PG-13', 'R', 'X', 'XXX', 'blocked'];
/** How many files the versions are spread over; src/pages/face-names.ts does the same. */
const FILES = 16;

/** Fills in the images that were made with the page's version, when there are any; `done` hears of it. */
export function showMadeWith(made: unknown, done: () => void): void {
  const section = document.querySelector<HTMLElement>('#made-with');
  const { assets = '', version = '' } = document.body.dataset;
  if (section === null || !Array.isArray(made) || !made.includes(Number(version))) return;
  const script = document.createElement('script');
  script.src = `${assets}made-with-${Number(version) % FILES}.js`;
  script.addEventListener('load', () => {
    const all: unknown = Reflect.get(window, 'civitariumMadeWith');
    const line: unknown = typeof all === 'object' && all !== null ? Reflect.get(all, version) : undefined;
    if (!Array.isArray(line)) return;
    const [count, label, newest]: unknown[] = line;
    const list = document.createElement('ul');
    list.className = 'tiles';
    list.setAttribute('aria-label', 'Images made with it');
    for (const one of linesOf(newest)) list.append(tile(one, assets));
    section.append(list, allOfThem(Number(count), String(label), assets));
    section.hidden = false;
    done();
  });
  document.head.append(script);
}

function linesOf(value: unknown): MadeLine[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (line): line is MadeLine =>
      Array.isArray(line) &&
      typeof line[0] === 'number' &&
      typeof line[1] === 'string' &&
      typeof line[2] === 'number' &&
      typeof line[3] === 'string',
  );
}

function tile([id, thumb, level, media]: MadeLine, assets: string): HTMLElement {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.className = 'tile';
  link.dataset['level'] = String(level);
  link.href = `${assets}image.html#id=${id}`;
  const name = LEVEL_NAMES[level] ?? '';
  link.setAttribute('aria-label', `Image ${id}${level >= 3 ? `, rated ${name}` : ''}`);
  const face = document.createElement('span');
  face.className = 'tile-face';
  if (thumb === '') face.append(blank(media === 'image' ? 'No picture' : 'Film'));
  else face.append(picture(new URL(thumb, new URL(assets, location.href)).href));
  const said = document.createElement('span');
  said.className = 'level';
  said.setAttribute('aria-hidden', 'true');
  said.textContent = name;
  face.append(said);
  link.append(face);
  link.classList.toggle('is-blurred', level >= readSettings(localStore()).blurFrom);
  item.append(link);
  return item;
}

function picture(url: string): HTMLImageElement {
  const image = new Image();
  image.src = url;
  image.alt = '';
  image.loading = 'lazy';
  image.decoding = 'async';
  return image;
}

function blank(text: string): HTMLElement {
  const made = document.createElement('span');
  made.className = 'no-picture';
  made.textContent = text;
  return made;
}

function allOfThem(count: number, label: string, assets: string): HTMLElement {
  const line = document.createElement('p');
  const link = document.createElement('a');
  link.href = `${assets}images.html#used=${encodeURIComponent(label)}`;
  link.textContent =
    count === 1 ? 'It in the image gallery' : `All ${count.toLocaleString('en')} in the image gallery`;
  line.append(link);
  return line;
}
