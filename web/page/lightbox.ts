import { localStore, readSettings } from '../shared/settings.ts';
import type { Copies } from './copy-buttons.ts';

export interface Lightbox {
  /** Takes a key press; true when it was one of the lightbox's. */
  press(event: KeyboardEvent): boolean;
}

interface Shot {
  readonly number: string;
  readonly url: string;
  readonly media: string;
  readonly level: number;
  readonly levelName: string;
  readonly label: string;
}

const BACK = 'M9.5 3.5 5 8l4.5 4.5';
const FORTH = 'M6.5 3.5 11 8l-4.5 4.5';

/** The pictures large, one at a time, with how each was made; opened by a click on a preview. */
export function lightbox(copy: Copies): Lightbox {
  const shots = shotsOfPage();
  const parts = build();
  let place = -1;
  let opener: HTMLElement | undefined;
  const revealed = new Set<number>();

  const show = (next: number): void => {
    if (shots.length === 0) return;
    place = (next + shots.length) % shots.length;
    const shot = shots[place];
    if (shot === undefined) return;
    parts.stage.classList.remove('zoomed');
    // On a phone the words stand below the picture, in one scroll with it.
    parts.dialog.scrollTop = 0;
    parts.count.textContent = `${place + 1} of ${shots.length}`;
    const blurred = shot.level >= readSettings(localStore()).blurFrom && !revealed.has(place);
    parts.frame.replaceChildren(picture(shot, blurred));
    parts.frame.classList.toggle('is-blurred', blurred);
    parts.frame.setAttribute(
      'aria-label',
      blurred ? `Rated ${shot.levelName}, show it` : `${shot.label}, zoom`,
    );
    parts.recipe.replaceChildren(...recipeOf(shot));
    parts.dialog.setAttribute('aria-label', shot.label);
  };
  const touch = (): void => {
    if (parts.frame.classList.contains('is-blurred')) {
      revealed.add(place);
      show(place);
    } else if (parts.stage.classList.toggle('zoomed')) {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = parts.stage;
      parts.stage.scrollTo((scrollWidth - clientWidth) / 2, (scrollHeight - clientHeight) / 2);
    }
  };
  parts.back.addEventListener('click', () => show(place - 1));
  parts.forth.addEventListener('click', () => show(place + 1));
  parts.frame.addEventListener('click', touch);
  parts.close.addEventListener('click', () => parts.dialog.close());
  onSwipe(parts.stage, (steps) => {
    if (!parts.stage.classList.contains('zoomed')) show(place + steps);
  });
  parts.dialog.addEventListener('close', () => {
    parts.frame.replaceChildren();
    opener?.focus();
  });
  document.addEventListener('click', (event) => {
    const anchor = event.target instanceof Element ? event.target.closest<HTMLElement>('a.shot') : null;
    if (anchor === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = anchor;
    show(shots.findIndex(({ number }) => number === anchor.dataset['shot']));
    if (!parts.dialog.open) parts.dialog.showModal();
    parts.panel.focus({ preventScroll: true });
  });

  const keys: Readonly<Record<string, (number: string) => void>> = {
    ArrowLeft: () => show(place - 1),
    ArrowRight: () => show(place + 1),
    p: (number) => copy.from(`shot-${number}-prompt`, 'prompt'),
    n: (number) => copy.from(`shot-${number}-negative`, 'negative prompt'),
    a: (number) => copy.from(`shot-${number}-settings`, 'settings'),
    z: touch,
    Escape: () => parts.dialog.close(),
  };
  return {
    press(event) {
      if (!parts.dialog.open) return false;
      keys[event.key]?.(shots[place]?.number ?? '');
      return keys[event.key] !== undefined;
    },
  };
}

/** Shortest way of a finger that counts as a step, in CSS pixels. */
const SWIPE = 48;

/** A finger drawn sideways steps on, to the left forward. */
function onSwipe(place: HTMLElement, step: (steps: 1 | -1) => void): void {
  let start: Touch | undefined;
  const begin = (event: TouchEvent): void => {
    start = event.touches.length === 1 ? event.touches[0] : undefined;
  };
  const end = (event: TouchEvent): void => {
    const [last] = event.changedTouches;
    if (start === undefined || last === undefined) return;
    const [across, down] = [last.clientX - start.clientX, last.clientY - start.clientY];
    start = undefined;
    if (Math.abs(across) >= SWIPE && Math.abs(across) > 2 * Math.abs(down)) step(across < 0 ? 1 : -1);
  };
  place.addEventListener('touchstart', begin, { passive: true });
  place.addEventListener('touchend', end, { passive: true });
}

function shotsOfPage(): Shot[] {
  const seen = new Map<string, Shot>();
  for (const anchor of document.querySelectorAll<HTMLAnchorElement>('a.shot')) {
    const { shot = '', media = 'image', level = '0' } = anchor.dataset;
    const label = anchor.getAttribute('aria-label') ?? 'Preview';
    const levelName = anchor.querySelector('.level')?.textContent ?? '';
    if (!seen.has(shot))
      seen.set(shot, { number: shot, url: anchor.href, media, level: Number(level), levelName, label });
  }
  return [...seen.values()];
}

function picture(shot: Shot, blurred: boolean): DocumentFragment {
  const parts = document.createDocumentFragment();
  if (shot.media === 'image') {
    const image = new Image();
    image.src = shot.url;
    image.alt = shot.label;
    parts.append(image);
  } else {
    const video = document.createElement('video');
    video.src = shot.url;
    video.loop = true;
    video.muted = true;
    video.controls = !blurred;
    video.autoplay = !blurred && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    parts.append(video);
  }
  if (blurred) parts.append(element('span', 'level', `${shot.levelName}, show`));
  return parts;
}

/** The page's own account of the picture, without its ids: those stay unique. */
function recipeOf(shot: Shot): Node[] {
  const source = document.getElementById(`shot-${shot.number}`);
  if (source === null) return [];
  const copy = source.cloneNode(true) as HTMLElement;
  copy.removeAttribute('id');
  for (const marked of copy.querySelectorAll('[id]')) marked.removeAttribute('id');
  return [copy];
}

interface Parts {
  readonly dialog: HTMLDialogElement;
  readonly stage: HTMLElement;
  readonly panel: HTMLElement;
  readonly frame: HTMLButtonElement;
  readonly back: HTMLButtonElement;
  readonly forth: HTMLButtonElement;
  readonly count: HTMLElement;
  readonly close: HTMLButtonElement;
  readonly recipe: HTMLElement;
}

function build(): Parts {
  const dialog = element('dialog', '');
  dialog.id = 'lightbox';
  const stage = element('div', 'lightbox-stage');
  const back = stepButton('back', 'Previous picture', BACK);
  const frame = button('shot', '');
  const forth = stepButton('forth', 'Next picture', FORTH);
  stage.append(back, frame, forth);
  const panel = element('div', 'lightbox-panel');
  panel.tabIndex = 0;
  panel.setAttribute('role', 'region');
  panel.setAttribute('aria-label', 'How it was made');
  const head = element('div', 'lightbox-head');
  const count = element('span', 'figure');
  const close = button('control', 'Close');
  head.append(count, close);
  const recipe = element('div', '');
  panel.append(head, recipe);
  dialog.append(stage, panel);
  document.body.append(dialog);
  return { dialog, stage, panel, frame, back, forth, count, close, recipe };
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function button(className: string, text: string): HTMLButtonElement {
  const made = element('button', className, text);
  made.type = 'button';
  return made;
}

function stepButton(side: 'back' | 'forth', label: string, path: string): HTMLButtonElement {
  const made = button(`lightbox-step ${side}`, '');
  made.setAttribute('aria-label', label);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'glyph');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  made.append(svg);
  return made;
}
