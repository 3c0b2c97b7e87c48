import type { RefCallback } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { lengthToken } from './window-rows.ts';

/** On which result the reader stands. */
export interface Stand {
  readonly current: number;
  stand(position: number): void;
  /** Brings it into view and the focus to it, or to the first or last one when there are not so many. */
  goTo(position: number): void;
}

/** Frames to wait for a result to be drawn. */
const PATIENCE = 60;

/** Keeps where the reader stands; only results near the window exist, so `bringIntoView` scrolls by reckoning. */
export function useStand(results: Uint32Array, bringIntoView: (position: number) => void): Stand {
  const [current, setCurrent] = useState(0);
  const frame = useRef(0);
  useEffect(() => {
    setCurrent((old) => Math.min(old, Math.max(0, results.length - 1)));
  }, [results]);
  return {
    current,
    stand: setCurrent,
    goTo(position) {
      const aim = Math.max(0, Math.min(results.length - 1, position));
      setCurrent(aim);
      bringIntoView(aim);
      cancelAnimationFrame(frame.current);
      focusWhenDrawn(aim, frame, PATIENCE);
    },
  };
}

/** The result may be drawn only after the scroll. */
function focusWhenDrawn(position: number, frame: { current: number }, patience: number): void {
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

/** Scrolls as far as it takes to have a row of a grid between the bar and the end of the window. */
export function scrollToRow(grid: HTMLElement, row: number, rowHeight: number): void {
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
