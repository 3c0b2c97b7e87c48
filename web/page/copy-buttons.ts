import { copyText } from '../shared/clipboard.ts';

/** Ways to copy what the page shows, each told in a notice. */
export interface Copies {
  text(text: string, what: string): void;
  /** The text of an element, by id; says so when there is none. */
  from(id: string, what: string): void;
  triggers(): void;
}

/** Time a notice stays, in milliseconds. */
const NOTICE = 2600;

/** Makes the copy buttons work. */
export function listenForCopies(): Copies {
  const say = notice();
  const copies: Copies = {
    text(text, what) {
      void copyText(text).then((copied) =>
        say(copied ? `Copied ${what}` : 'The browser did not let this page copy'),
      );
    },
    from(id, what) {
      const text = document.getElementById(id)?.textContent ?? '';
      if (text.trim() === '') say(`No ${what} is known`);
      else copies.text(text, what);
    },
    triggers() {
      const words = document.querySelector<HTMLElement>('#triggers')?.dataset['triggers'] ?? '';
      if (words === '') say('No trigger words are known');
      else copies.text(words, 'trigger words');
    },
  };
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('button.copy') : null;
    if (button === null) return;
    const { copy, copyFrom, what } = button.dataset;
    if (copy !== undefined) copies.text(copy, what ?? '');
    else if (copyFrom !== undefined) copies.from(copyFrom, what ?? '');
  });
  return copies;
}

function notice(): (words: string) => void {
  const place = document.querySelector('#notice');
  let timer = 0;
  return (words) => {
    if (place === null) return;
    // The lightbox lies above everything: the notice goes where it can be seen.
    (document.querySelector('dialog[open]') ?? document.body).append(place);
    place.textContent = words;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      place.textContent = '';
    }, NOTICE);
  };
}
