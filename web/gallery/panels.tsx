import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { BLUR_NONE, SIZE, type Settings } from '../shared/settings.ts';
import { fullCount } from './figures.ts';
import { LIST_COLUMNS } from './list.tsx';

interface OptionsProps {
  readonly settings: Settings;
  /** Models of one type stand together. */
  readonly grouped: boolean;
  readonly levels: readonly string[];
  readonly onSettings: (settings: Settings) => void;
}

/** The reader's own choices; remembered. */
export function Options({ settings, grouped, levels, onSettings }: OptionsProps): JSX.Element {
  return (
    <div id="options" class="options" popover="auto" role="dialog" aria-label="View options">
      <ThemeChoice settings={settings} onSettings={onSettings} />
      <fieldset>
        <legend>Pictures</legend>
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
        <label>
          Card size
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
    </div>
  );
}

/** From which rating on pictures are blurred. */
export function BlurChoice({ settings, levels, onSettings }: Omit<OptionsProps, 'grouped'>): JSX.Element {
  return (
    <label>
      Blur from
      <select
        value={String(settings.blurFrom)}
        onChange={(event) => onSettings({ ...settings, blurFrom: Number(event.currentTarget.value) })}
      >
        {levels.map((level, index) => (
          <option key={level} value={String(index)}>
            {index === 0 ? 'everything' : level}
          </option>
        ))}
        <option value={String(BLUR_NONE)}>nothing</option>
      </select>
    </label>
  );
}

/** Light, dark, or as the system is. */
export function ThemeChoice({
  settings,
  onSettings,
}: Pick<OptionsProps, 'settings' | 'onSettings'>): JSX.Element {
  return (
    <fieldset>
      <legend>Light or dark</legend>
      <div class="segments">
        {(['auto', 'light', 'dark'] as const).map((theme) => (
          <button
            key={theme}
            type="button"
            class="control"
            aria-pressed={settings.theme === theme}
            onClick={() => onSettings({ ...settings, theme })}
          >
            {{ auto: 'System', light: 'Light', dark: 'Dark' }[theme]}
          </button>
        ))}
      </div>
    </fieldset>
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

const KEYS: readonly (readonly [string, string])[] = [
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

interface KeySheetProps {
  readonly open: boolean;
  /** Those of the gallery of models, unless others are named. */
  readonly keys?: readonly (readonly [string, string])[];
  readonly onClose: () => void;
}

/** All keys, as a dialog. */
export function KeySheet({ open, keys = KEYS, onClose }: KeySheetProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="small muted">A minus before a word in search leaves out what has it.</p>
      <button type="button" class="control edged" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
