import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CardLink, Marks, Pick } from './card.tsx';
import type { Cards } from './card-data.ts';
import { Cover } from './cover.tsx';
import { dayText, fullCount, sizeText } from '../browse/figures.ts';
import type { ResultsProps } from './grid.tsx';
import { Icon } from '../browse/icons.tsx';
import { fallsByDefault, type SortName } from './sort.ts';
import { lengthToken, useRowWindow } from '../browse/window-rows.ts';

/** A column the reader may choose. */
export interface ListColumn {
  readonly key: string;
  readonly title: string;
  readonly sort: SortName | undefined;
  /** Name of the width's token. */
  readonly width: string;
  readonly number?: boolean;
  readonly cell: (cards: Cards, card: number) => string;
}

const UNKNOWN = 'unknown';

const word = (list: keyof Cards['words'], at: number | undefined, cards: Cards): string =>
  cards.words[list][at ?? -1] ?? UNKNOWN;

/** What a narrow screen shows of the columns, in one line below the name. */
const inShort = (cards: Cards, card: number): string =>
  [
    cards.words.type[cards.type[card] ?? -1],
    cards.words.base[cards.base[card] ?? -1],
    sizeText(cards.size[card]),
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');

export const LIST_COLUMNS: readonly ListColumn[] = [
  { key: 'version', title: 'Version', sort: undefined, width: '--col-middle', cell: (cards, card) => cards.version[card] ?? '' },
  { key: 'type', title: 'Type', sort: 'type', width: '--col-middle', cell: (cards, card) => word('type', cards.type[card], cards) },
  { key: 'base', title: 'Base model', sort: 'base', width: '--col-middle', cell: (cards, card) => word('base', cards.base[card], cards) },
  { key: 'creator', title: 'Creator', sort: 'creator', width: '--col-middle', cell: (cards, card) => word('creator', cards.creator[card], cards) },
  { key: 'triggers', title: 'Trigger words', sort: undefined, width: '--col-wide', cell: (cards, card) => (cards.triggers[card] ?? []).join(', ') },
  { key: 'level', title: 'Rating', sort: 'level', width: '--col-narrow', cell: (cards, card) => cards.levels[cards.level[card] ?? 0] ?? '' },
  { key: 'downloads', title: 'Downloads', sort: 'downloads', width: '--col-middle', number: true, cell: (cards, card) => fullCount(cards.downloads[card]) },
  { key: 'thumbs', title: 'Thumbs up', sort: 'thumbs', width: '--col-middle', number: true, cell: (cards, card) => fullCount(cards.thumbs[card]) },
  { key: 'size', title: 'Size', sort: 'size', width: '--col-narrow', number: true, cell: (cards, card) => sizeText(cards.size[card]) },
  { key: 'published', title: 'Published', sort: 'newest', width: '--col-middle', cell: (cards, card) => dayText(cards.published[card]) },
  { key: 'updated', title: 'Updated', sort: 'updated', width: '--col-middle', cell: (cards, card) => dayText(cards.updated[card]) },
  { key: 'added', title: 'Added here', sort: 'added', width: '--col-middle', cell: (cards, card) => dayText(cards.added[card]) },
  { key: 'modified', title: 'File time', sort: 'modified', width: '--col-middle', cell: (cards, card) => dayText(cards.modified[card]) },
  { key: 'path', title: 'Path', sort: undefined, width: '--col-wide', cell: (cards, card) => cards.path[card] ?? '' },
]; // prettier-ignore

interface ListProps extends ResultsProps {
  readonly covers: boolean;
  readonly columns: readonly string[];
  readonly sort: SortName;
  readonly falling: boolean;
  readonly onSort: (sort: SortName, falling: boolean) => void;
}

/** The results as a dense table, sorted by a click on a column's head. */
export function List(props: ListProps): JSX.Element {
  const { results, onShape } = props;
  const body = useRef<HTMLDivElement>(null);
  const rowHeight = lengthToken('--row');
  const range = useRowWindow(body, rowHeight, results.length);
  const columns = LIST_COLUMNS.filter(({ key }) => props.columns.includes(key));
  useEffect(() => onShape({ columns: 1, rowHeight }), [rowHeight, onShape]);
  const widths = ['--thumb', '--col-wide', '--col-middle', ...columns.map(({ width }) => width)];
  return (
    <div class="list">
      <div
        class="list-table"
        role="grid"
        aria-label="Models"
        aria-rowcount={results.length + 1}
        aria-multiselectable="true"
        style={{ '--list-columns': widths.map((width) => `var(${width})`).join(' ') }}
      >
        <Head {...props} shown={columns} />
        <div
          ref={body}
          class="window list-body"
          role="rowgroup"
          style={{ height: `${results.length * rowHeight}px` }}
        >
          {[...results.subarray(range.first, range.last)].map((card, at) => (
            <Row
              key={props.cards.id[card]}
              {...props}
              shown={columns}
              card={card}
              position={range.first + at}
              top={(range.first + at) * rowHeight}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

type Shown = { readonly shown: readonly ListColumn[] };

function Head({ shown, ...props }: ListProps & Shown): JSX.Element {
  return (
    <div class="list-head" role="rowgroup">
      <div class="list-row" role="row" aria-rowindex={1}>
        <span role="columnheader">
          <span class="unseen">Preview</span>
        </span>
        <HeadCell {...props} title="Name" sort="name" number={false} of={props.sort} />
        <span role="columnheader">State</span>
        {shown.map((column) => (
          <HeadCell
            key={column.key}
            {...props}
            title={column.title}
            sort={column.sort}
            number={column.number === true}
            of={props.sort}
          />
        ))}
      </div>
    </div>
  );
}

interface HeadCellProps {
  readonly title: string;
  readonly sort: SortName | undefined;
  readonly number: boolean;
  readonly of: SortName;
  readonly falling: boolean;
  readonly onSort: (sort: SortName, falling: boolean) => void;
}

function HeadCell({ title, sort, number, of, falling, onSort }: HeadCellProps): JSX.Element {
  const active = sort !== undefined && sort === of;
  const order = active ? (falling ? 'descending' : 'ascending') : 'none';
  return (
    <span
      role="columnheader"
      class={number ? 'number' : ''}
      {...(sort === undefined ? {} : { 'aria-sort': order })}
    >
      {sort === undefined ? (
        title
      ) : (
        <button type="button" onClick={() => onSort(sort, active ? !falling : fallsByDefault(sort))}>
          {title}
          {active && <Icon name={falling ? 'down' : 'up'} />}
        </button>
      )}
    </span>
  );
}

interface RowProps extends ListProps, Shown {
  readonly card: number;
  readonly position: number;
  readonly top: number;
}

function Row(props: RowProps): JSX.Element {
  const { cards, card, position, top, shown, covers, blurFrom } = props;
  const selected = props.selected.has(cards.id[card] ?? -1);
  return (
    <div
      class={`list-row${selected ? ' is-selected' : ''}`}
      role="row"
      aria-rowindex={position + 2}
      aria-selected={selected}
      style={{ top: `${top}px` }}
    >
      <span role="gridcell">
        {covers && <Cover cards={cards} card={card} blurFrom={blurFrom} lively={false} />}
        <Pick {...props} selected={selected} current={position === props.current} />
      </span>
      <span role="gridcell">
        <CardLink {...props} selected={selected} current={position === props.current} />
        <span class="row-short">{inShort(cards, card)}</span>
      </span>
      <span role="gridcell">
        <Marks cards={cards} card={card} />
      </span>
      {shown.map((column) => (
        <span
          key={column.key}
          role="gridcell"
          class={cellClass(column, column.cell(cards, card))}
          title={column.cell(cards, card)}
        >
          {column.cell(cards, card)}
        </span>
      ))}
    </div>
  );
}

function cellClass(column: ListColumn, text: string): string {
  if (column.number === true) return 'number';
  return text === UNKNOWN ? 'muted' : '';
}
