import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Card, type CardActions } from './card.tsx';
import type { Cards } from './card-data.ts';
import { lengthToken, useRowWindow, useWidth } from '../browse/window-rows.ts';

export interface ResultsProps {
  readonly cards: Cards;
  /** Cards in the order shown. */
  readonly results: Uint32Array;
  readonly current: number;
  readonly selected: ReadonlySet<number>;
  readonly blurFrom: number;
  readonly actions: CardActions;
  /** Tells how rows lie, for keys and for standing on a card. */
  readonly onShape: (shape: ResultsShape) => void;
}

/** How the results lie: cards in a row, and the height of a row with its gap. */
export interface ResultsShape {
  readonly columns: number;
  readonly rowHeight: number;
}

interface GridProps extends ResultsProps {
  readonly size: number;
  readonly covers: boolean;
  /** Where these results stand among all, when they are some of them, and what they are called. */
  readonly start?: number;
  readonly label?: string;
}

/** Cards narrower than this say less, in CSS pixels. */
const NARROW = 200;

/** Columns that fit, two at least where there is a picture and room. Pure. */
export function columnsIn(width: number, size: number, gap: number): number {
  const fitting = Math.floor((width + gap) / (size + gap));
  return Math.max(fitting, width >= 240 ? 2 : 1);
}

/** The results as cards; only those near the window are drawn. */
export function Grid(props: GridProps): JSX.Element {
  const { cards, results, size, covers, onShape, start = 0, label = 'Models' } = props;
  const container = useRef<HTMLDivElement>(null);
  const width = useWidth(container);
  const gap = lengthToken('--gap');
  const columns = columnsIn(width, size, gap);
  const cell = (width - gap * (columns - 1)) / columns;
  const rowHeight = Math.round((covers ? cell * 1.5 : 0) + lengthToken('--caption') + gap);
  const rows = Math.ceil(results.length / columns);
  const range = useRowWindow(container, rowHeight, rows);
  useEffect(() => onShape({ columns, rowHeight }), [columns, rowHeight, onShape]);
  const shown =
    width === 0
      ? []
      : Array.from({ length: Math.max(0, range.last - range.first) }, (_, at) => range.first + at);
  return (
    <div
      ref={container}
      class={cell < NARROW ? 'window is-narrow' : 'window'}
      role="grid"
      aria-label={label}
      data-start={start}
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-multiselectable="true"
      style={{ height: `${rows * rowHeight}px`, '--columns': String(columns) }}
    >
      {shown.map((row) => (
        <div
          key={row}
          class="grid-row"
          role="row"
          aria-rowindex={row + 1}
          style={{ top: `${row * rowHeight}px`, height: `${rowHeight - gap}px` }}
        >
          {[...results.subarray(row * columns, (row + 1) * columns)].map((card, column) => (
            <div
              key={cards.id[card]}
              role="gridcell"
              aria-colindex={column + 1}
              aria-selected={props.selected.has(cards.id[card] ?? -1)}
            >
              <Card
                {...props}
                card={card}
                position={start + row * columns + column}
                current={start + row * columns + column === props.current}
                selected={props.selected.has(cards.id[card] ?? -1)}
              />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
