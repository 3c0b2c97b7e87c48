import { useCallback, useRef } from 'preact/hooks';
import { barHeight, hasFocus, scrollToRow, useStand } from '../browse/standing.ts';
import type { ResultsShape } from './grid.tsx';

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

/** Keeps the current card in view and focused, though only cards near the window exist. */
export function useStanding({ results, ids, at, listed }: StandingOptions): Standing {
  const shape = useRef<ResultsShape>({ columns: 1, rowHeight: 1 });
  const start = useRef(at);
  const { current, stand, goTo } = useStand(results, (aim) => bringIntoView(aim, shape.current, listed));
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
  return {
    current,
    stand,
    // The first key press only shows where one stands.
    move: (columns, rows) =>
      goTo(hasFocus() ? current + columns + rows * shape.current.columns : firstInWindow(current)),
    moveTo: (end) => goTo(end === 'first' ? 0 : results.length - 1),
    onShape,
  };
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
  const start = Number(grid.dataset['start'] ?? 0);
  scrollToRow(grid, Math.floor((position - start) / columns), rowHeight);
}
