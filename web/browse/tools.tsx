import type { ComponentChildren, JSX, RefObject } from 'preact';
import { nextTheme, type Settings } from '../shared/settings.ts';
import { fullCount } from './figures.ts';
import { Icon } from './icons.tsx';
import { SizeRange } from './options.tsx';
import type { CommonView, Sorts } from './view-hash.ts';
import { ViewSwitch, type ViewSwitchProps } from './view-switch.tsx';

/** What the tools say and do; the same for all that is shown, but for words. */
export interface ToolsProps<Sort extends string, View extends CommonView<Sort>> {
  readonly title: string;
  /** Which gallery this is, and the other one, where there is one. */
  readonly here: ViewSwitchProps['here'];
  readonly other: ViewSwitchProps['other'] | undefined;
  /** What can be searched, in a few words. */
  readonly searches: string;
  readonly searchField: RefObject<HTMLInputElement | null>;
  readonly view: View;
  readonly sorts: Sorts<Sort>;
  readonly fallsFirst: (sort: Sort) => boolean;
  readonly settings: Settings;
  /** What the slider sets; `undefined` where nothing has that size. */
  readonly sized: string | undefined;
  readonly shown: number;
  readonly total: number;
  /** Search has not read everything yet. */
  readonly reading: boolean;
  /** How many values are chosen. */
  readonly chosen: number;
  readonly sheetOpen: boolean;
  readonly onView: (view: View, how: 'push' | 'typing') => void;
  readonly onSettings: (settings: Settings) => void;
  readonly onSheet: () => void;
  readonly onKeys: () => void;
  /** More tools, between the count and the sorts. */
  readonly beforeSort?: ComponentChildren;
  /** More tools, after the sorts. */
  readonly afterSort?: ComponentChildren;
}

/** Search, count, sort and size; stays on top. */
export function Tools<Sort extends string, View extends CommonView<Sort>>(
  props: ToolsProps<Sort, View>,
): JSX.Element {
  const { title, here, other, settings, onSettings } = props;
  return (
    <div class="tools">
      <h1>
        Civitarium <span class="of">{title}</span>
      </h1>
      {other !== undefined && <ViewSwitch here={here} other={other} />}
      <Search {...props} />
      <Count {...props} />
      {props.beforeSort}
      <SortMenu {...props} />
      {props.afterSort}
      {props.sized !== undefined && (
        <SizeRange class="size" aria-label={props.sized} {...{ settings, onSettings }} />
      )}
      <div class="tool-group tool-end">
        <ThemeButton class="wide-only" {...{ settings, onSettings }} />
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

function Search<Sort extends string, View extends CommonView<Sort>>({
  view,
  searches,
  searchField,
  onView,
}: ToolsProps<Sort, View>): JSX.Element {
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={searchField}
        type="search"
        id="search"
        placeholder={`search ${searches}…`}
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

interface CountProps {
  readonly shown: number;
  readonly total: number;
  readonly reading: boolean;
  readonly chosen: number;
  readonly sheetOpen: boolean;
  readonly onSheet: () => void;
}

function Count({ shown, total, reading, chosen, sheetOpen, onSheet }: CountProps): JSX.Element {
  return (
    <>
      <p class="count" role="status">
        <strong id="shown">{fullCount(shown)}</strong>
        <span class="of-all"> of {fullCount(total)}</span>
        {reading && ' · still reading'}
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

function SortMenu<Sort extends string, View extends CommonView<Sort>>({
  view,
  sorts,
  fallsFirst,
  onView,
}: ToolsProps<Sort, View>): JSX.Element {
  return (
    <div class="tool-group tool-sort">
      <select
        aria-label="Sort by"
        value={view.sort}
        onChange={(event) => {
          const sort = sorts.find(([name]) => name === event.currentTarget.value)?.[0] ?? view.sort;
          onView({ ...view, sort, falling: fallsFirst(sort) }, 'push');
        }}
      >
        {sorts.map(([name, label]) => (
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

interface ThemeButtonProps {
  readonly settings: Settings;
  readonly onSettings: (settings: Settings) => void;
  readonly class?: string;
}

/** From light to dark to as the system is. */
export function ThemeButton({ settings, onSettings, class: also = '' }: ThemeButtonProps): JSX.Element {
  const { theme } = settings;
  return (
    <button
      type="button"
      class={`control ${also}`.trim()}
      title={`Theme: ${theme === 'auto' ? 'as the system' : theme}`}
      onClick={() => onSettings({ ...settings, theme: nextTheme(theme) })}
    >
      <Icon name={theme} />
      <span class="unseen">Theme: {theme}</span>
    </button>
  );
}
