import type { JSX, RefObject } from 'preact';
import { fullCount } from '../gallery/figures.ts';
import { Icon } from '../gallery/icons.tsx';
import { BlurChoice, ThemeChoice } from '../gallery/panels.tsx';
import { chosenIn } from '../gallery/toolbar.tsx';
import { ViewSwitch } from '../gallery/view-switch.tsx';
import { nextTheme, SIZE, type Settings } from '../shared/settings.ts';
import { fallsFirst, IMAGE_SORTS } from './image-sort.ts';
import { IMAGE_FACETS, type ImageView } from './image-view.ts';

interface ImageToolsProps {
  readonly title: string;
  /** Url of the gallery of models. */
  readonly gallery: string;
  readonly view: ImageView;
  readonly settings: Settings;
  readonly shown: number;
  readonly total: number;
  /** Search still reads the prompts. */
  readonly reading: boolean;
  readonly searchField: RefObject<HTMLInputElement | null>;
  readonly sheetOpen: boolean;
  readonly onView: (view: ImageView, how: 'push' | 'typing') => void;
  readonly onSettings: (settings: Settings) => void;
  readonly onSheet: () => void;
  readonly onKeys: () => void;
}

/** Search, count, sort and size; stays on top. */
export function ImageTools(props: ImageToolsProps): JSX.Element {
  const { title, gallery, view, settings, shown, total, reading, sheetOpen, onView, onSettings } = props;
  const chosen = chosenIn(view, IMAGE_FACETS).length;
  return (
    <div class="tools">
      <h1>
        Civitarium <span class="of">{title}</span>
      </h1>
      <ViewSwitch here="images" other={{ href: gallery }} />
      <div class="search" role="search">
        <Icon name="search" />
        <input
          ref={props.searchField}
          type="search"
          id="search"
          placeholder="search prompts, models, creators…"
          aria-label="Search"
          autocomplete="off"
          spellcheck={false}
          value={view.query}
          onInput={(event) => onView({ ...view, query: event.currentTarget.value }, 'typing')}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
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
        onClick={props.onSheet}
      >
        <Icon name="filter" />
        Filters
        {chosen > 0 && <span class="badge">{chosen}</span>}
      </button>
      <SortTool view={view} onView={onView} />
      <input
        class="size"
        type="range"
        aria-label="Row height"
        min={SIZE.least}
        max={SIZE.most}
        step={8}
        value={settings.size}
        onInput={(event) => onSettings({ ...settings, size: Number(event.currentTarget.value) })}
      />
      <div class="tool-group tool-end">
        <button
          type="button"
          class="control wide-only"
          title={`Theme: ${settings.theme === 'auto' ? 'as the system' : settings.theme}`}
          onClick={() => onSettings({ ...settings, theme: nextTheme(settings.theme) })}
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

function SortTool({ view, onView }: Pick<ImageToolsProps, 'view' | 'onView'>): JSX.Element {
  return (
    <div class="tool-group tool-sort">
      <select
        aria-label="Sort by"
        value={view.sort}
        onChange={(event) => {
          const sort = IMAGE_SORTS.find(([name]) => name === event.currentTarget.value)?.[0] ?? view.sort;
          onView({ ...view, sort, falling: fallsFirst(sort) }, 'push');
        }}
      >
        {IMAGE_SORTS.map(([name, label]) => (
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

interface ImageOptionsProps {
  readonly settings: Settings;
  readonly levels: readonly string[];
  readonly onSettings: (settings: Settings) => void;
}

/** The reader's own choices; remembered, and the same as in the gallery of models. */
export function ImageOptions({ settings, levels, onSettings }: ImageOptionsProps): JSX.Element {
  return (
    <div id="options" class="options" popover="auto" role="dialog" aria-label="View options">
      <ThemeChoice settings={settings} onSettings={onSettings} />
      <fieldset>
        <legend>Pictures</legend>
        <label>
          Row height
          <input
            type="range"
            min={SIZE.least}
            max={SIZE.most}
            step={8}
            value={settings.size}
            onInput={(event) => onSettings({ ...settings, size: Number(event.currentTarget.value) })}
          />
        </label>
        <BlurChoice {...{ settings, levels, onSettings }} />
      </fieldset>
    </div>
  );
}
