import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { copyText } from '../shared/clipboard.ts';
import { keepOrder } from '../shared/order.ts';
import { localStore, nextTheme } from '../shared/settings.ts';
import type { CardActions } from './card.tsx';
import type { Cards } from './card-data.ts';
import { FacetList } from './facet-list.tsx';
import { Empty } from './empty.tsx';
import { type FacetName, facetsOf } from './facets.ts';
import { filterCards } from './filter.ts';
import { Grid } from './grid.tsx';
import { Groups, groupsOf, inGroups } from './groups.tsx';
import { List } from './list.tsx';
import { KeySheet, Options, SelectionBar } from './panels.tsx';
import { countRemoved, ShelfHead } from './shelf.tsx';
import { sortCards, sortNamed } from './sort.ts';
import type { SortName } from './sort.ts';
import { Chosen, Toolbar } from './toolbar.tsx';
import { useNotice } from './use-notice.ts';
import { useSearch } from './use-search.ts';
import { useKeys } from './use-keys.ts';
import { useSettings } from './use-settings.ts';
import { useView } from './use-view.ts';
import { formatHash, isWholeOrder, modelViews, WHOLE, withChoice } from './view-state.ts';
import { useBarHeight, useStanding } from './use-standing.ts';

interface AppProps {
  readonly title: string;
  readonly cards: Cards;
  readonly loadAbout: () => Promise<readonly string[]>;
  /** Opens as a model browser, by type and sorted so; `undefined` for the gallery. */
  readonly browser: { readonly sort: SortName } | undefined;
  /** The image gallery, where there is one. */
  readonly images: { readonly href: string; readonly count: number } | undefined;
}

/** The gallery. */
export function App({ title, cards, loadAbout, browser, images }: AppProps): JSX.Element {
  const [settings, setSettings] = useSettings();
  const [usual] = useState(() =>
    browser === undefined ? WHOLE.sort : sortNamed(settings.sort, browser.sort),
  );
  const { view, setView: show, at } = useView(modelViews(usual));
  const setView: typeof show = (next, how) => {
    if (browser !== undefined && next.sort !== view.sort) setSettings({ ...settings, sort: next.sort });
    show(next, how);
  };
  const grouped = (settings.grouped ?? browser !== undefined) && view.layout === 'grid';
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [helpOpen, setHelpOpen] = useState(false);
  const [sheetOpen, setSheetOpen] = useState(false);
  const [notice, tell] = useNotice();
  const searchField = useRef<HTMLInputElement>(null);
  const { index, read } = useSearch(cards, loadAbout);

  const facets = useMemo(() => facetsOf(cards), [cards]);
  const removed = useMemo(() => countRemoved(cards), [cards]);
  const asked = useMemo(() => index.find(view.query), [index, view.query, view.query === '' ? 0 : read]);
  const filtered = useMemo(
    () => filterCards(facets, view.choices, cards.count, asked),
    [facets, view.choices, asked],
  );
  const order = useMemo(() => sortCards(cards, view.sort, view.falling), [cards, view.sort, view.falling]);
  const found = useMemo(() => order.filter((card) => filtered.hits[card] === 1), [order, filtered]);
  const groups = useMemo(() => (grouped ? groupsOf(cards, found) : []), [cards, found, grouped]);
  const results = useMemo(() => (grouped ? inGroups(groups) : found), [groups, found]);

  const standing = useStanding({ results, ids: cards.id, at, listed: view.layout === 'list' });
  const barRef = useBarHeight();

  const copyTriggers = (list: readonly number[]): void => {
    const words = list.flatMap((card) => cards.triggers[card] ?? []);
    if (words.length === 0)
      return tell(list.length === 1 ? 'No trigger words are known' : 'None of them has trigger words');
    return copyAndTell(words.join(', '), tell);
  };
  const select = (card: number): void => setSelected((old) => toggled(old, cards.id[card] ?? -1));
  const selectedCards = (): number[] => cards.id.flatMap((id, card) => (selected.has(id) ? [card] : []));
  const choose = (name: FacetName, label: string, side: 'with' | 'without'): void =>
    setView({ ...view, choices: withChoice(view.choices, name, label, side) }, 'push');
  const actions: CardActions = {
    open: () =>
      keepOrder(
        localStore(),
        isWholeOrder(view) && !grouped
          ? undefined
          : {
              gallery: location.pathname,
              hash: formatHash(view, usual),
              ids: [...results].map((card) => cards.id[card] ?? -1),
            },
      ),
    select,
    copyTriggers: (card) => copyTriggers([card]),
    focused: standing.stand,
  };
  useKeys({
    move: standing.move,
    moveTo: standing.moveTo,
    search: () => searchField.current?.select(),
    copyTriggers: () => withCurrent(results, standing.current, (card) => copyTriggers([card])),
    select: () => withCurrent(results, standing.current, select),
    layout: (layout) => setView({ ...view, layout }, 'push'),
    help: () => setHelpOpen(true),
    busy: () => document.querySelector('dialog[open], [popover]:popover-open') !== null,
    stepBack: () => {
      if (sheetOpen) setSheetOpen(false);
      else if (document.activeElement === searchField.current && view.query !== '')
        setView({ ...view, query: '' }, 'typing');
      else if (document.activeElement === searchField.current) searchField.current?.blur();
      else if (selected.size > 0) setSelected(new Set());
      else if (view.query !== '') setView({ ...view, query: '' }, 'push');
    },
  });

  const shared = {
    cards,
    results,
    selected,
    actions,
    current: standing.current,
    blurFrom: settings.blurFrom,
    covers: settings.covers,
    onShape: standing.onShape,
  };
  return (
    <>
      <header class="bar" ref={barRef}>
        <Toolbar
          {...{ title, view, settings, searchField, sheetOpen, images }}
          shown={results.length}
          total={cards.count}
          removed={removed}
          reading={!index.complete}
          onView={setView}
          onSettings={setSettings}
          onTheme={() => setSettings({ ...settings, theme: nextTheme(settings.theme) })}
          onSheet={() => setSheetOpen(!sheetOpen)}
          onKeys={() => setHelpOpen(true)}
        />
        <Chosen view={view} onChoose={choose} onView={setView} />
      </header>
      <div class="layout">
        <button
          type="button"
          class={`sheet-back${sheetOpen ? ' is-open' : ''}`}
          aria-label="Close filters"
          tabIndex={-1}
          onClick={() => setSheetOpen(false)}
        />
        <FacetList
          facets={facets}
          noun="models"
          counts={filtered.counts}
          choices={view.choices}
          open={sheetOpen}
          found={results.length}
          onClose={() => setSheetOpen(false)}
          onChoose={choose}
        />
        <main class="results">
          <ShelfHead count={removed} view={view} />
          {results.length === 0 ? (
            <Empty
              total={cards.count}
              reading={!index.complete && view.query !== ''}
              view={view}
              onView={(next) => setView(next, 'push')}
            />
          ) : grouped ? (
            <Groups {...shared} groups={groups} size={settings.size} />
          ) : view.layout === 'grid' ? (
            <Grid {...shared} size={settings.size} />
          ) : (
            <List
              {...shared}
              columns={settings.columns}
              sort={view.sort}
              falling={view.falling}
              onSort={(sort, falling) => setView({ ...view, sort, falling }, 'push')}
            />
          )}
        </main>
      </div>
      <Options
        settings={settings}
        grouped={settings.grouped ?? browser !== undefined}
        levels={cards.levels}
        onSettings={setSettings}
      />
      <SelectionBar
        count={selected.size}
        onTriggers={() => copyTriggers(selectedCards())}
        onPaths={() =>
          copyAndTell(
            selectedCards()
              .map((card) => cards.path[card] ?? '')
              .join('\n'),
            tell,
          )
        }
        onClear={() => setSelected(new Set())}
      />
      <KeySheet open={helpOpen} onClose={() => setHelpOpen(false)} />
      <div id="notice" role="status">
        {notice}
      </div>
    </>
  );
}

function withCurrent(results: Uint32Array, current: number, act: (card: number) => void): void {
  const card = results[current];
  if (card !== undefined) act(card);
}

function toggled(old: ReadonlySet<number>, id: number): Set<number> {
  const next = new Set(old);
  if (!next.delete(id)) next.add(id);
  return next;
}

function copyAndTell(text: string, tell: (words: string) => void): void {
  void copyText(text).then((copied) =>
    tell(copied ? `Copied: ${text.slice(0, 120)}` : 'The browser did not let this page copy'),
  );
}
