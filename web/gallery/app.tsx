import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { chosenIn } from '../browse/chips.tsx';
import { copyAndTell } from '../browse/copy-and-tell.ts';
import type { FacetName } from '../browse/facets.ts';
import { Frame } from '../browse/frame.tsx';
import { KeySheet } from '../browse/key-sheet.tsx';
import { NothingFound } from '../browse/nothing-found.tsx';
import { useFound } from '../browse/use-found.ts';
import { useKeys } from '../browse/use-keys.ts';
import { useNotice } from '../browse/use-notice.ts';
import { useSettings } from '../browse/use-settings.ts';
import { useView } from '../browse/use-view.ts';
import { withChoice } from '../browse/view-hash.ts';
import { keepOrder } from '../shared/order.ts';
import { localStore } from '../shared/settings.ts';
import type { CardActions } from './card.tsx';
import type { Cards } from './card-data.ts';
import { facetsOf } from './card-facets.ts';
import { Grid } from './grid.tsx';
import { Groups, groupsOf, inGroups } from './groups.tsx';
import { List } from './list.tsx';
import { NoModels } from './no-models.tsx';
import { MODEL_KEYS, ModelOptions, SelectionBar } from './panels.tsx';
import { countRemoved, ShelfHead } from './shelf.tsx';
import { sortCards, sortNamed } from './sort.ts';
import type { SortName } from './sort.ts';
import { Toolbar } from './toolbar.tsx';
import { useSearch } from './use-search.ts';
import { useStanding } from './use-standing.ts';
import { FACET_NAMES, formatHash, isWholeOrder, modelViews, WHOLE } from './view-state.ts';

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
  const search = useSearch(cards, loadAbout);
  const reading = view.query !== '' && !search.index.complete;

  const facets = useMemo(() => facetsOf(cards), [cards]);
  const removed = useMemo(() => countRemoved(cards), [cards]);
  const order = useMemo(() => sortCards(cards, view.sort, view.falling), [cards, view.sort, view.falling]);
  const { found, counts } = useFound(view, facets, order, search);
  const groups = useMemo(() => (grouped ? groupsOf(cards, found) : []), [cards, found, grouped]);
  const results = useMemo(() => (grouped ? inGroups(groups) : found), [groups, found]);

  const standing = useStanding({ results, ids: cards.id, at, listed: view.layout === 'list' });

  const copyTriggers = (list: readonly number[]): void => {
    const words = list.flatMap((card) => cards.triggers[card] ?? []);
    if (words.length === 0)
      return tell(list.length === 1 ? 'No trigger words are known' : 'None of them has trigger words');
    return copyShown(words.join(', '), tell);
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
    copyWords: () => withCurrent(results, standing.current, (card) => copyTriggers([card])),
    select: () => withCurrent(results, standing.current, select),
    layout: (layout) => setView({ ...view, layout }, 'push'),
    help: () => setHelpOpen(true),
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
  const chosen = chosenIn(view.choices, FACET_NAMES);
  return (
    <>
      <Frame
        tools={
          <Toolbar
            {...{ title, view, settings, searchField, sheetOpen, images, removed, reading }}
            shown={results.length}
            total={cards.count}
            chosen={chosen.length}
            onView={setView}
            onSettings={setSettings}
            onSheet={() => setSheetOpen(!sheetOpen)}
            onKeys={() => setHelpOpen(true)}
          />
        }
        {...{ chosen, facets, counts, sheetOpen }}
        noun="models"
        choices={view.choices}
        found={results.length}
        onChoose={choose}
        onClear={() =>
          setView({ ...WHOLE, sort: view.sort, falling: view.falling, layout: view.layout }, 'push')
        }
        onSheetClose={() => setSheetOpen(false)}
      >
        <ShelfHead count={removed} view={view} />
        {cards.count === 0 ? (
          <NoModels />
        ) : results.length === 0 ? (
          <NothingFound
            view={view}
            reading={reading ? 'descriptions' : undefined}
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
      </Frame>
      <ModelOptions
        settings={settings}
        grouped={settings.grouped ?? browser !== undefined}
        levels={cards.levels}
        onSettings={setSettings}
      />
      <SelectionBar
        count={selected.size}
        onTriggers={() => copyTriggers(selectedCards())}
        onPaths={() =>
          copyShown(
            selectedCards()
              .map((card) => cards.path[card] ?? '')
              .join('\n'),
            tell,
          )
        }
        onClear={() => setSelected(new Set())}
      />
      <KeySheet open={helpOpen} keys={MODEL_KEYS} onClose={() => setHelpOpen(false)} />
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

function copyShown(text: string, tell: (words: string) => void): void {
  copyAndTell(text, `Copied: ${text.slice(0, 120)}`, tell);
}
