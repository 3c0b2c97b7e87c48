import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { barHeight, focusWhenDrawn, hasFocus, PATIENCE } from '../gallery/use-standing.ts';
import { lengthToken } from '../gallery/window-rows.ts';
import type { RowsShape } from './image-grid.tsx';
import { positionBeside, rowOf } from './image-rows.ts';

/** On which image the reader stands, and how keys move on from there. */
export interface Place {
  readonly current: number;
  stand(position: number): void;
  goTo(position: number): void;
  move(columns: number, rows: number): void;
  onShape(shape: RowsShape): void;
}

/** Keeps the current image in view and focused, though only images near the window exist. `at`: where to stand at the start. */
export function usePlace(results: Uint32Array, at: () => number | undefined): Place {
  const [current, setCurrent] = useState(0);
  const shape = useRef<RowsShape>({ starts: new Uint32Array([0]), shapes: new Float32Array(), rowHeight: 1 });
  const start = useRef(at);
  const begun = useRef(false);
  const frame = useRef(0);
  const goTo = (position: number): void => {
    const aim = Math.max(0, Math.min(results.length - 1, position));
    setCurrent(aim);
    bringIntoView(rowOf(shape.current.starts, aim), shape.current.rowHeight);
    cancelAnimationFrame(frame.current);
    focusWhenDrawn(aim, frame, PATIENCE);
  };
  const go = useRef(goTo);
  go.current = goTo;
  const onShape = useCallback((next: RowsShape) => {
    shape.current = next;
    if (begun.current || next.starts.length < 2) return;
    begun.current = true;
    const position = start.current();
    if (position !== undefined) go.current(position);
  }, []);
  useEffect(() => {
    setCurrent((old) => Math.min(old, Math.max(0, results.length - 1)));
  }, [results]);
  return {
    current,
    stand: setCurrent,
    goTo,
    move(columns, rows) {
      const { starts, shapes } = shape.current;
      // The first key press only shows where one stands.
      if (!hasFocus()) goTo(current);
      else goTo(rows === 0 ? current + columns : positionBeside(starts, shapes, current, rows));
    },
    onShape,
  };
}

function bringIntoView(row: number, rowHeight: number): void {
  const grid = document.querySelector<HTMLElement>('.window');
  if (grid === null) return;
  const top = grid.getBoundingClientRect().top + row * rowHeight;
  const above = top - barHeight() - lengthToken('--s4');
  const below = top + rowHeight - window.innerHeight;
  if (above < 0) window.scrollBy(0, above);
  else if (below > 0) window.scrollBy(0, below);
}
