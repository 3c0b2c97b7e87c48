import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Which rows of a long list stand in or near the window. */
export interface RowWindow {
  readonly first: number;
  /** One past the last. */
  readonly last: number;
}

/** Screens drawn beyond the window above and below, so that a quick scroll shows no gap. */
const MARGIN = 0.6;

/** Rows of a container of equal rows to draw, from where the window stands. Pure. */
export function rowsInWindow(top: number, height: number, rowHeight: number, rows: number): RowWindow {
  const margin = height * MARGIN;
  const first = Math.max(0, Math.floor((top - margin) / rowHeight));
  const last = Math.min(rows, Math.ceil((top + height + margin) / rowHeight));
  return { first: Math.min(first, rows), last: Math.max(last, 0) };
}

/** The same, kept up to date while the page scrolls and the window changes. */
export function useRowWindow(
  container: RefObject<HTMLElement | null>,
  rowHeight: number,
  rows: number,
): RowWindow {
  const [range, setRange] = useState<RowWindow>({ first: 0, last: 0 });
  useLayoutEffect(() => {
    let frame = 0;
    const measure = (): void => {
      frame = 0;
      if (container.current === null) return;
      const top = -container.current.getBoundingClientRect().top;
      const next = rowsInWindow(top, window.innerHeight, rowHeight, rows);
      setRange((old) => (old.first === next.first && old.last === next.last ? old : next));
    };
    const later = (): void => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener('scroll', later, { passive: true });
    window.addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', later);
      window.removeEventListener('resize', later);
    };
  }, [container, rowHeight, rows]);
  return range;
}

/** The width of an element, kept up to date. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const watcher = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(entry.contentRect.width);
    });
    setWidth(element.current.clientWidth);
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [element]);
  return width;
}

/** A length token of tokens.css in CSS pixels. */
export function lengthToken(name: string): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue(name)) || 0;
}
