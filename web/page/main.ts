import { isTyping } from '../shared/keys.ts';
import {
  applyTheme,
  BLUR_DEFAULT,
  BLUR_NONE,
  keepSettings,
  localStore,
  nextTheme,
  readSettings,
  type Settings,
} from '../shared/settings.ts';
import { listenForCopies } from './copy-buttons.ts';
import { lightbox } from './lightbox.ts';
import { showMadeWith } from './made-with.ts';
import { goTo, showNeighbours } from './neighbours.ts';

// Before the first paint: the page must not flash in the wrong light.
applyTheme(readSettings(localStore()).theme);
document.addEventListener('DOMContentLoaded', start);

function start(): void {
  localiseDates();
  const copy = listenForCopies();
  themeButton();
  const blurAnew = matureButton();
  hoverVideos();
  const box = lightbox(copy);
  showNeighbours((made) => showMadeWith(made, blurAnew));
  const keys = document.querySelector<HTMLDialogElement>('#keys');
  keys?.querySelector('[data-close]')?.addEventListener('click', () => keys.close());
  document.addEventListener('keydown', (event) => {
    if (isTyping(event) || keys?.open === true) return;
    if (box.press(event)) return event.preventDefault();
    if (event.key === '?') keys?.showModal();
    if (event.key === 'ArrowLeft' && !scrolls(event)) goTo('previous');
    if (event.key === 'ArrowRight' && !scrolls(event)) goTo('next');
    if (event.key === 'Escape') goTo('back');
    if (event.key === 'c') copy.triggers();
    return undefined;
  });
}

/** Arrows scroll a wide table or a playing video when that has the focus. */
function scrolls(event: KeyboardEvent): boolean {
  return event.target instanceof HTMLElement && event.target.closest('.scroll, video, .strip') !== null;
}

/** Dates as the reader writes them; the full moment on hover. */
function localiseDates(): void {
  for (const time of document.querySelectorAll('time')) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    time.textContent = date.toLocaleDateString(undefined, { dateStyle: 'medium' });
    time.title = date.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' });
  }
}

function themeButton(): void {
  const button = document.querySelector<HTMLButtonElement>('#theme');
  if (button === null) return;
  const name = (theme: Settings['theme']): void => {
    button.title = `Theme: ${theme === 'auto' ? 'as the system' : theme}`;
  };
  name(readSettings(localStore()).theme);
  button.hidden = false;
  button.addEventListener('click', () => {
    const settings = readSettings(localStore());
    const theme = nextTheme(settings.theme);
    keepSettings(localStore(), { ...settings, theme });
    applyTheme(theme);
    name(theme);
  });
}

/** One switch for all mature pictures of the page, remembered. Gives what looks again when there are more of them. */
function matureButton(): () => void {
  const button = document.querySelector<HTMLButtonElement>('#mature');
  const shots = (): HTMLElement[] => [
    ...document.querySelectorAll<HTMLElement>('.shot[data-level], .tile[data-level]'),
  ];
  const highest = (): number => Math.max(0, ...shots().map((shot) => Number(shot.dataset['level'])));
  const blur = (): void => {
    const from = readSettings(localStore()).blurFrom;
    for (const shot of shots()) shot.classList.toggle('is-blurred', Number(shot.dataset['level']) >= from);
    if (button === null) return;
    button.textContent = highest() >= from ? 'Mature: blurred' : 'Mature: shown';
    button.hidden = highest() < BLUR_DEFAULT;
  };
  blur();
  document.documentElement.dataset['ready'] = '';
  button?.addEventListener('click', () => {
    const settings = readSettings(localStore());
    const blurFrom = highest() >= settings.blurFrom ? BLUR_NONE : BLUR_DEFAULT;
    keepSettings(localStore(), { ...settings, blurFrom });
    blur();
  });
  return blur;
}

/** Videos of the page play while the pointer is on them, muted. */
function hoverVideos(): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const shot of document.querySelectorAll('.shot')) {
    const video = shot.querySelector('video');
    shot.addEventListener('pointerenter', () => {
      if (!shot.classList.contains('is-blurred')) void video?.play().catch(() => undefined);
    });
    shot.addEventListener('pointerleave', () => video?.pause());
  }
}
