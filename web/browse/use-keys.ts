import { useEffect, useRef } from 'preact/hooks';
import { isTyping } from '../shared/keys.ts';

/** What a key press can ask for. */
export interface KeyActions {
  /** Moves through the results by rows and columns. */
  move(columns: number, rows: number): void;
  moveTo(end: 'first' | 'last'): void;
  search(): void;
  /** Copies the words of the current result. */
  copyWords(): void;
  /** Where results can be selected. */
  select?(): void;
  /** Where there is more than one. */
  layout?(layout: 'grid' | 'list'): void;
  help(): void;
  /** One step back: closes, clears or leaves the innermost thing. */
  stepBack(): void;
}

/** Longest pause between `g` and the letter after it, in milliseconds. */
const PAIR_PAUSE = 1200;

/** Listens to the keys of the whole document. */
export function useKeys(actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let pairUntil = 0;
    const press = (event: KeyboardEvent): void => {
      const act = latest.current;
      if (isElsewhere()) return undefined;
      if (event.key === 'Escape') return act.stepBack();
      if (leavesToField(event)) return undefined;
      if (event.key === 'ArrowDown' && event.target instanceof HTMLInputElement)
        return done(event, () => act.moveTo('first'));
      const paired = performance.now() < pairUntil;
      pairUntil = 0;
      if (paired && (event.key === 'g' || event.key === 'l'))
        return done(event, () => act.layout?.(event.key === 'g' ? 'grid' : 'list'));
      if (event.key === 'g') pairUntil = performance.now() + PAIR_PAUSE;
      const run = KEYS[event.key];
      if (run !== undefined && (!/^(?:Arrow|Home|End|Page)/.test(event.key) || fromResults(event)))
        done(event, () => run(act));
      return undefined;
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

const KEYS: Readonly<Record<string, (act: KeyActions) => void>> = {
  ArrowLeft: (act) => act.move(-1, 0),
  ArrowRight: (act) => act.move(1, 0),
  ArrowUp: (act) => act.move(0, -1),
  ArrowDown: (act) => act.move(0, 1),
  Home: (act) => act.moveTo('first'),
  End: (act) => act.moveTo('last'),
  '/': (act) => act.search(),
  '?': (act) => act.help(),
  c: (act) => act.copyWords(),
  x: (act) => act.select?.(),
};

function done(event: KeyboardEvent, run: () => void): undefined {
  event.preventDefault();
  run();
}

/** True while something else, a dialog, has the keys. */
function isElsewhere(): boolean {
  return document.querySelector('dialog[open], [popover]:popover-open') !== null;
}

/** Fields keep their keys, but the arrow down leads from search to the results. */
function leavesToField(event: KeyboardEvent): boolean {
  const fromSearch =
    event.key === 'ArrowDown' && event.target instanceof HTMLElement && event.target.id === 'search';
  return isTyping(event) && !(fromSearch && !event.altKey && !event.ctrlKey && !event.metaKey);
}

/** Arrows move through the results from a card or from nowhere; elsewhere they scroll as ever. */
function fromResults(event: KeyboardEvent): boolean {
  const target = event.target;
  return (
    target === document.body || (target instanceof HTMLElement && target.closest('[role="grid"]') !== null)
  );
}
