import type { RefCallback } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ResultsShape } from './grid.tsx';
import { lengthToken } from './window-rows.ts';

interface StandingOptions {
  readonly results: Uint32Array;
  readonly ids: readonly number[];
  /** File to stand on at the start. */
  readonly at: number | undefined;
  readonly listed: boolean;
}

/** On which result the reader stands, and how keys move on from there. */
export interface Standing {
  readonly current: number;
  stand(position: number): void;
  move(columns: number, rows: number): void;
  moveTo(end: 'first' | 'last'): void;
  onShape(shape: ResultsShape): void;
}

/** Frames to wait for a card to be drawn. */
export const PATIENCE = 60;

/** Keeps the current card in view and focused, though only cards near the window exist. */
export function useStanding({ results, ids, at, listed }: StandingOptions): Standing {
  const [current, setCurrent] = useState(0);
  const shape = useRef<ResultsShape>({ columns: 1, rowHeight: 1 });
  const start = useRef(at);
  const frame = useRef(0);
  const goTo = (position: number): void => {
    const aim = Math.max(0, Math.min(results.length - 1, position));
    setCurrent(aim);
    bringIntoView(aim, shape.current, listed);
    cancelAnimationFrame(frame.current);
    focusWhenDrawn(aim, frame, PATIENCE);
  };
  const go = useRef(goTo);
  go.current = goTo;
  const onShape = useCallback(
    (next: ResultsShape) => {
      shape.current = next;
      if (start.current === undefined) return;
      const position = results.findIndex((card) => ids[card] === start.current);
      start.current = undefined;
      if (position >= 0) go.current(position);
    },
    [results, ids],
  );
  useEffect(() => {
    setCurrent((old) => Math.min(old, Math.max(0, results.length - 1)));
  }, [results]);
  return {
    current,
    stand: setCurrent,
    // The first key press only shows where one stands.
    move: (columns, rows) =>
      goTo(hasFocus() ? current + columns + rows * shape.current.columns : firstInWindow(current)),
    moveTo: (end) => goTo(end === 'first' ? 0 : results.length - 1),
    onShape,
  };
}

/** The card may be drawn only after the scroll. */
export function focusWhenDrawn(position: number, frame: { current: number }, patience: number): void {
  const link = document.querySelector<HTMLElement>(`[data-position="${position}"]`);
  if (link !== null) link.focus({ preventScroll: true });
  else if (patience > 0) {
    frame.current = requestAnimationFrame(() => focusWhenDrawn(position, frame, patience - 1));
  }
}

/** True when the reader stands in a grid. */
export function hasFocus(): boolean {
  return (
    document.activeElement?.closest('[role="grid"]') !== null && document.activeElement !== document.body
  );
}

/** The current card when it is on screen, else the first one that is. */
function firstInWindow(current: number): number {
  const links = [...document.querySelectorAll<HTMLElement>('[data-position]')];
  const visible = links.filter((link) => {
    const { top, bottom } = link.getBoundingClientRect();
    return top >= barHeight() && bottom <= window.innerHeight;
  });
  const positions = visible.map((link) => Number(link.dataset['position']));
  return positions.includes(current) ? current : (positions[0] ?? current);
}

function bringIntoView(position: number, { columns, rowHeight }: ResultsShape, listed: boolean): void {
  const grids = [...document.querySelectorAll<HTMLElement>(listed ? '.list-body' : '.window')];
  const grid = grids.findLast((one) => Number(one.dataset['start'] ?? 0) <= position);
  if (grid === undefined) return;
  const row = Math.floor((position - Number(grid.dataset['start'] ?? 0)) / columns);
  const top = grid.getBoundingClientRect().top + row * rowHeight;
  const above = top - barHeight() - lengthToken('--s4');
  const below = top + rowHeight - window.innerHeight;
  if (above < 0) window.scrollBy(0, above);
  else if (below > 0) window.scrollBy(0, below);
}

/** Height of the bar on top, in CSS pixels. */
export function barHeight(): number {
  return document.querySelector('.bar')?.clientHeight ?? 0;
}

/** Tells the style sheet how high the bar is just now: chosen filters make it grow. */
export function useBarHeight(): RefCallback<HTMLElement> {
  return useCallback((bar: HTMLElement | null) => {
    if (bar === null) return undefined;
    const watcher = new ResizeObserver(() => {
      document.documentElement.style.setProperty('--bar-now', `${bar.offsetHeight}px`);
    });
    watcher.observe(bar);
    return () => watcher.disconnect();
  }, []);
}
