import type { JSX, RefObject } from 'preact';
import { SIZE, type Settings } from '../shared/settings.ts';
import { FACET_NAMES, type ViewState, WHOLE } from './view-state.ts';
import type { FacetName } from './facets.ts';
import { fullCount } from './figures.ts';
import { Icon } from './icons.tsx';
import { ShelfButton } from './shelf.tsx';
import { fallsByDefault, SORTS } from './sort.ts';
import { ViewSwitch } from './view-switch.tsx';

interface ToolbarProps {
  readonly title: string;
  readonly view: ViewState;
  readonly settings: Settings;
  readonly shown: number;
  readonly total: number;
  /** Models that the site removed. */
  readonly removed: number;
  /** Search still reads the descriptions. */
  readonly reading: boolean;
  readonly searchField: RefObject<HTMLInputElement | null>;
  readonly sheetOpen: boolean;
  readonly images: { readonly href: string; readonly count: number } | undefined;
  readonly onView: (view: ViewState, how: 'push' | 'typing') => void;
  readonly onSettings: (settings: Settings) => void;
  readonly onTheme: () => void;
  readonly onSheet: () => void;
  readonly onKeys: () => void;
}

/** Search, count, sort, layout and what is chosen; stays on top. */
export function Toolbar(props: ToolbarProps): JSX.Element {
  const { title, view, settings, onView, onSettings, onTheme } = props;
  return (
    <div class="tools">
      <h1>
        Civitarium <span class="of">{title}</span>
      </h1>
      {props.images !== undefined && <ViewSwitch here="models" other={props.images} />}
      <Search {...props} />
      <Count {...props} />
      <ShelfButton count={props.removed} view={view} onView={(next) => onView(next, 'push')} />
      <SortMenu view={view} onView={onView} />
      <div class="tool-group" role="group" aria-label="Layout">
        <button
          type="button"
          class="control"
          aria-pressed={view.layout === 'grid'}
          title="Grid (g g)"
          onClick={() => onView({ ...view, layout: 'grid' }, 'push')}
        >
          <Icon name="grid" />
          <span class="unseen">Grid</span>
        </button>
        <button
          type="button"
          class="control"
          aria-pressed={view.layout === 'list'}
          title="List (g l)"
          onClick={() => onView({ ...view, layout: 'list' }, 'push')}
        >
          <Icon name="list" />
          <span class="unseen">List</span>
        </button>
      </div>
      {view.layout === 'grid' && (
        <input
          class="size"
          type="range"
          aria-label="Card size"
          min={SIZE.least}
          max={SIZE.most}
          step={8}
          value={settings.size}
          onInput={(event) => onSettings({ ...settings, size: Number(event.currentTarget.value) })}
        />
      )}
      <div class="tool-group tool-end">
        <button
          type="button"
          class="control wide-only"
          title={`Theme: ${settings.theme === 'auto' ? 'as the system' : settings.theme}`}
          onClick={onTheme}
        >
          <Icon name={settings.theme} />
          <span class="unseen">Theme: {settings.theme}</span>
        </button>
        <button type="button" class="control" title="View options" popoverTarget="options">
          <Icon name="options" />
          <span class="unseen">View options</span>
        </button>
        <button type="button" class="control wide-only" title="Keys (?)" onClick={props.onKeys}>
          <span aria-hidden="true">?</span>
          <span class="unseen">Keys</span>
        </button>
      </div>
    </div>
  );
}

function Search({ view, searchField, onView }: ToolbarProps): JSX.Element {
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={searchField}
        type="search"
        id="search"
        placeholder="search names, triggers, tags…"
        aria-label="Search"
        autocomplete="off"
        spellcheck={false}
        value={view.query}
        onInput={(event) => onView({ ...view, query: event.currentTarget.value }, 'typing')}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

function Count({ shown, total, reading, view, sheetOpen, onSheet }: ToolbarProps): JSX.Element {
  const chosen = chosenIn(view).length;
  return (
    <>
      <p class="count" role="status">
        <strong id="shown">{fullCount(shown)}</strong>
        <span class="of-all"> of {fullCount(total)}</span>
        {reading && view.query !== '' && ' · still reading'}
      </p>
      <button
        type="button"
        class="control edged narrow-only"
        aria-expanded={sheetOpen}
        aria-controls="facets"
        onClick={onSheet}
      >
        <Icon name="filter" />
        Filters
        {chosen > 0 && <span class="badge">{chosen}</span>}
      </button>
    </>
  );
}

function SortMenu({ view, onView }: Pick<ToolbarProps, 'view' | 'onView'>): JSX.Element {
  return (
    <div class="tool-group tool-sort">
      <select
        aria-label="Sort by"
        value={view.sort}
        onChange={(event) => {
          const sort = SORTS.find(([name]) => name === event.currentTarget.value)?.[0] ?? view.sort;
          onView({ ...view, sort, falling: fallsByDefault(sort) }, 'push');
        }}
      >
        {SORTS.map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="control"
        title={view.falling ? 'Highest first' : 'Lowest first'}
        onClick={() => onView({ ...view, falling: !view.falling }, 'push')}
      >
        <Icon name={view.falling ? 'down' : 'up'} />
        <span class="unseen">{view.falling ? 'Falling, turn to rising' : 'Rising, turn to falling'}</span>
      </button>
    </div>
  );
}

interface ChosenProps {
  readonly view: ViewState;
  readonly onChoose: (name: FacetName, label: string, side: 'with' | 'without') => void;
  readonly onView: (view: ViewState, how: 'push' | 'typing') => void;
}

/** Everything that filters, each with a way to take it back. */
export function Chosen({ view, onChoose, onView }: ChosenProps): JSX.Element | null {
  const onClear = (): void =>
    onView({ ...WHOLE, sort: view.sort, falling: view.falling, layout: view.layout }, 'push');
  return <Chips chips={chosenIn(view)} {...{ onChoose, onClear }} />;
}

interface ChipsProps {
  readonly chips: readonly ChosenValue[];
  readonly onChoose: ChosenProps['onChoose'];
  readonly onClear: () => void;
}

/** What is chosen, as buttons that take it back. */
export function Chips({ chips, onChoose, onClear }: ChipsProps): JSX.Element | null {
  if (chips.length === 0) return null;
  return (
    <div class="chosen" role="group" aria-label="Chosen filters">
      {chips.map(({ name, side, label }) => (
        <button
          key={`${name}${side}${label}`}
          type="button"
          class={`chip ${side}`}
          onClick={() => onChoose(name, label, side)}
        >
          <span dir="auto">
            <span class="unseen">Remove filter: </span>
            {side === 'without' && 'not '}
            {label}
          </span>
          <Icon name="close" />
        </button>
      ))}
      <button type="button" class="control" onClick={onClear}>
        clear
      </button>
    </div>
  );
}

interface ChosenValue {
  readonly name: FacetName;
  readonly side: 'with' | 'without';
  readonly label: string;
}

/** All values that are chosen, or chosen against. */
export function chosenIn(
  view: Pick<ViewState, 'choices'>,
  names: readonly FacetName[] = FACET_NAMES,
): ChosenValue[] {
  return names.flatMap((name) =>
    (['with', 'without'] as const).flatMap((side) =>
      (view.choices[name]?.[side] ?? []).map((label) => ({ name, side, label })),
    ),
  );
}
