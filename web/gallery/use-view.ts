import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SortName } from './sort.ts';
import { formatHash, parseHash, type ViewState } from './view-state.ts';

/** Time without a key press after which typing becomes a step in the history, in milliseconds. */
const TYPING_PAUSE = 400;
const SCROLL_PAUSE = 150;
/** Frames in which a place is tried again. */
const PATIENCE = 10;

/** The view with its life in the URL: steps forward and back, scroll position with each. */
export interface LiveView {
  readonly view: ViewState;
  setView(view: ViewState, how: 'push' | 'typing'): void;
  /** The file to stand on, told by the URL once. */
  readonly at: number | undefined;
}

/** Keeps view, URL and scroll position in step. `usual`: the order that the URL need not say, the same as long as the page lives. */
export function useView(usual: SortName): LiveView {
  const [start] = useState(() => parseHash(location.hash, usual));
  const [view, setView] = useState(start.view);
  const timer = useRef(0);
  const scrollTo = useRef<number | undefined>(start.at === undefined ? keptScroll() : undefined);
  /** Where the reader stood in the step that is being left, until the next one is in the history. */
  const leaving = useRef<number | undefined>(undefined);
  const push = (next: ViewState): void => {
    if (leaving.current !== undefined) history.replaceState({ scroll: leaving.current }, '');
    leaving.current = undefined;
    pushView(next, usual);
  };
  useLayoutEffect(() => takePlace(scrollTo, PATIENCE), [view]);
  useEffect(() => {
    history.scrollRestoration = 'manual';
    const back = (): void => {
      clearTimeout(timer.current);
      leaving.current = undefined;
      scrollTo.current = keptScroll() ?? 0;
      setView(parseHash(location.hash, usual).view);
    };
    window.addEventListener('popstate', back);
    const stop = rememberScroll(() => scrollTo.current === undefined && leaving.current === undefined);
    return () => {
      window.removeEventListener('popstate', back);
      stop();
    };
  }, []);
  return {
    view,
    at: start.at,
    setView(next, how) {
      clearTimeout(timer.current);
      leaving.current ??= window.scrollY;
      setView(next);
      // What was filtered anew is read from its start.
      if (formatHash({ ...next, layout: view.layout }) !== formatHash(view)) scrollTo.current = 0;
      if (how === 'push') push(next);
      else timer.current = window.setTimeout(() => push(next), TYPING_PAUSE);
    },
  };
}

/** Scrolls to where the reader shall stand; what is drawn in the next frames may have to make the page long enough. */
function takePlace(aim: { current: number | undefined }, patience: number): void {
  const place = aim.current;
  if (place === undefined) return;
  window.scrollTo(0, place);
  if (Math.abs(window.scrollY - place) < 1 || patience === 0) aim.current = undefined;
  else
    requestAnimationFrame(() => {
      if (aim.current === place) takePlace(aim, patience - 1);
    });
}

/** A word typed on replaces its beginning in the history. */
function pushView(view: ViewState, usual: SortName): void {
  const hash = formatHash(view, usual);
  const before = parseHash(location.hash, usual).view;
  if (hash === formatHash(before, usual)) return;
  const url = `${location.pathname}${location.search}${hash === '' ? '' : `#${hash}`}`;
  const typedOn =
    before.query !== '' &&
    view.query !== '' &&
    formatHash({ ...before, query: '' }) === formatHash({ ...view, query: '' });
  if (typedOn) history.replaceState({ scroll: 0 }, '', url);
  else history.pushState({ scroll: 0 }, '', url);
}

function keptScroll(): number | undefined {
  const state: unknown = history.state;
  const scroll =
    typeof state === 'object' && state !== null ? (state as Record<string, unknown>)['scroll'] : undefined;
  return typeof scroll === 'number' ? scroll : undefined;
}

/** Keeps the scroll position with the step of the history; not while another position is still to be taken. */
function rememberScroll(settled: () => boolean): () => void {
  let timer = 0;
  const keep = (): void => {
    clearTimeout(timer);
    timer = 0;
    if (settled()) history.replaceState({ scroll: window.scrollY }, '');
  };
  const later = (): void => {
    timer ||= window.setTimeout(keep, SCROLL_PAUSE);
  };
  window.addEventListener('scroll', later, { passive: true });
  window.addEventListener('pagehide', keep);
  return () => {
    clearTimeout(timer);
    window.removeEventListener('scroll', later);
    window.removeEventListener('pagehide', keep);
  };
}
