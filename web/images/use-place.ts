import { useCallback, useRef } from 'preact/hooks';
import { hasFocus, scrollToRow, type Stand, useStand } from '../browse/standing.ts';
import type { RowsShape } from './image-grid.tsx';
import { positionBeside, rowOf } from './image-rows.ts';

/** On which image the reader stands, and how keys move on from there. */
export interface Place extends Stand {
  move(columns: number, rows: number): void;
  onShape(shape: RowsShape): void;
}

/** Keeps the current image in view and focused, though only images near the window exist. `at`: where to stand at the start. */
export function usePlace(results: Uint32Array, at: () => number | undefined): Place {
  const shape = useRef<RowsShape>({ starts: new Uint32Array([0]), shapes: new Float32Array(), rowHeight: 1 });
  const start = useRef(at);
  const begun = useRef(false);
  const stand = useStand(results, (aim) => {
    const grid = document.querySelector<HTMLElement>('.window');
    if (grid !== null) scrollToRow(grid, rowOf(shape.current.starts, aim), shape.current.rowHeight);
  });
  const go = useRef(stand.goTo);
  go.current = stand.goTo;
  const onShape = useCallback((next: RowsShape) => {
    shape.current = next;
    if (begun.current || next.starts.length < 2) return;
    begun.current = true;
    const position = start.current();
    if (position !== undefined) go.current(position);
  }, []);
  const { current, goTo } = stand;
  return {
    ...stand,
    move(columns, rows) {
      const { starts, shapes } = shape.current;
      // The first key press only shows where one stands.
      if (!hasFocus()) goTo(current);
      else goTo(rows === 0 ? current + columns : positionBeside(starts, shapes, current, rows));
    },
    onShape,
  };
}
