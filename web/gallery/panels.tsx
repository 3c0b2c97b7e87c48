import type { JSX } from 'preact';
import { fullCount } from '../browse/figures.ts';
import type { KeyList } from '../browse/key-sheet.tsx';
import { Options } from '../browse/options.tsx';
import type { Settings } from '../shared/settings.ts';
import { LIST_COLUMNS } from './list.tsx';

interface ModelOptionsProps {
  readonly settings: Settings;
  /** Models of one type stand together. */
  readonly grouped: boolean;
  readonly levels: readonly string[];
  readonly onSettings: (settings: Settings) => void;
}

/** The reader's own choices in the gallery of models. */
export function ModelOptions({ settings, grouped, levels, onSettings }: ModelOptionsProps): JSX.Element {
  const pictures = (
    <>
      <label>
        <input
          type="checkbox"
          checked={settings.covers}
          onChange={(event) => onSettings({ ...settings, covers: event.currentTarget.checked })}
        />
        Covers
      </label>
      <label>
        <input
          type="checkbox"
          checked={grouped}
          onChange={(event) => onSettings({ ...settings, grouped: event.currentTarget.checked })}
        />
        Grouped by type
      </label>
    </>
  );
  return (
    <Options {...{ settings, levels, onSettings, pictures }} sized="Card size">
      <fieldset>
        <legend>Columns of the list</legend>
        {LIST_COLUMNS.map(({ key, title }) => (
          <label key={key}>
            <input
              type="checkbox"
              checked={settings.columns.includes(key)}
              onChange={() => onSettings({ ...settings, columns: toggled(settings.columns, key) })}
            />
            {title}
          </label>
        ))}
      </fieldset>
    </Options>
  );
}

function toggled(keys: readonly string[], key: string): string[] {
  return keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key];
}

interface SelectionProps {
  readonly count: number;
  readonly onTriggers: () => void;
  readonly onPaths: () => void;
  readonly onClear: () => void;
}

/** What can be done with the selected models. */
export function SelectionBar({ count, onTriggers, onPaths, onClear }: SelectionProps): JSX.Element | null {
  if (count === 0) return null;
  return (
    <div class="selection" role="region" aria-label="Selection">
      <span class="figure">{fullCount(count)} selected</span>
      <button type="button" class="control" onClick={onTriggers}>
        Copy triggers
      </button>
      <button type="button" class="control" onClick={onPaths}>
        Copy paths
      </button>
      <button type="button" class="control" onClick={onClear}>
        Clear
      </button>
    </div>
  );
}

/** The keys of the gallery of models. */
export const MODEL_KEYS: KeyList = [
  ['/', 'search'],
  ['← ↑ → ↓', 'move through the models'],
  ['Home End', 'first and last'],
  ['Enter', 'open the model'],
  ['c', 'copy its trigger words'],
  ['x', 'select it'],
  ['g g', 'grid'],
  ['g l', 'list'],
  ['?', 'these keys'],
  ['Esc', 'one step back'],
];
