import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Time without a key press after which typing becomes a step in the history, in milliseconds. */
const TYPING_PAUSE = 400;
const SCROLL_PAUSE = 150;
/** Frames in which a place is tried again. */
const PATIENCE = 10;

/** How a view stands in the URL's hash. */
export interface ViewCodec<View> {
  /** `at`: what to stand on, told once. */
  parse(hash: string): { readonly view: View; readonly at: number | undefined };
  format(view: View): string;
  /** True when going from one view to the other leaves the reader where they are. */
  keepsPlace(one: View, other: View): boolean;
}

/** The view with its life in the URL: steps forward and back, scroll position with each. */
export interface LiveView<View> {
  readonly view: View;
  setView(view: View, how: 'push' | 'typing' | 'replace'): void;
  /** The file to stand on, told by the URL once. */
  readonly at: number | undefined;
}

/** Keeps view, URL and scroll position in step. `codec` says the same as long as the page lives. */
export function useView<View extends { readonly query: string }>(codec: ViewCodec<View>): LiveView<View> {
  const [start] = useState(() => codec.parse(location.hash));
  const [view, setView] = useState(start.view);
  const timer = useRef(0);
  const scrollTo = useRef<number | undefined>(start.at === undefined ? keptScroll() : undefined);
  /** Where the reader stood in the step that is being left, until the next one is in the history. */
  const leaving = useRef<number | undefined>(undefined);
  const push = (next: View): void => {
    if (leaving.current !== undefined) history.replaceState({ scroll: leaving.current }, '');
    leaving.current = undefined;
    pushView(next, codec);
  };
  useLayoutEffect(() => takePlace(scrollTo, PATIENCE), [view]);
  useEffect(() => {
    history.scrollRestoration = 'manual';
    const back = (): void => {
      clearTimeout(timer.current);
      leaving.current = undefined;
      scrollTo.current = keptScroll() ?? 0;
      setView(codec.parse(location.hash).view);
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
      if (!codec.keepsPlace(next, view)) scrollTo.current = 0;
      if (how === 'replace') {
        leaving.current = undefined;
        history.replaceState(history.state, '', urlOf(codec.format(next)));
      } else if (how === 'push') push(next);
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

function urlOf(hash: string): string {
  return `${location.pathname}${location.search}${hash === '' ? '' : `#${hash}`}`;
}

/** A word typed on replaces its beginning in the history. */
function pushView<View extends { readonly query: string }>(view: View, codec: ViewCodec<View>): void {
  const hash = codec.format(view);
  const before = codec.parse(location.hash).view;
  if (hash === codec.format(before)) return;
  const typedOn =
    before.query !== '' &&
    view.query !== '' &&
    codec.format({ ...before, query: '' }) === codec.format({ ...view, query: '' });
  const scroll = codec.keepsPlace(view, before) ? window.scrollY : 0;
  if (typedOn) history.replaceState({ scroll: 0 }, '', urlOf(hash));
  else history.pushState({ scroll }, '', urlOf(hash));
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
