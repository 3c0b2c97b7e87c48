import type { ComponentChildren, JSX } from 'preact';
import { BLUR_NONE, SIZE, type Settings } from '../shared/settings.ts';

interface OptionsProps {
  readonly settings: Settings;
  readonly levels: readonly string[];
  /** What the slider sets. */
  readonly sized: string;
  readonly onSettings: (settings: Settings) => void;
  /** More of pictures, before the slider. */
  readonly pictures?: ComponentChildren;
  /** More groups, at the end. */
  readonly children?: ComponentChildren;
}

/** The reader's own choices; remembered, and the same in both galleries. */
export function Options({
  settings,
  levels,
  sized,
  onSettings,
  pictures,
  children,
}: OptionsProps): JSX.Element {
  return (
    <div id="options" class="options" popover="auto" role="dialog" aria-label="View options">
      <ThemeChoice {...{ settings, onSettings }} />
      <fieldset>
        <legend>Pictures</legend>
        {pictures}
        <label>
          {sized}
          <SizeRange {...{ settings, onSettings }} />
        </label>
        <BlurChoice {...{ settings, levels, onSettings }} />
      </fieldset>
      {children}
    </div>
  );
}

interface ChoiceProps {
  readonly settings: Settings;
  readonly onSettings: (settings: Settings) => void;
}

/** How large pictures are. */
export function SizeRange({
  settings,
  onSettings,
  ...rest
}: ChoiceProps & { readonly class?: string; readonly 'aria-label'?: string }): JSX.Element {
  return (
    <input
      {...rest}
      type="range"
      min={SIZE.least}
      max={SIZE.most}
      step={8}
      value={settings.size}
      onInput={(event) => onSettings({ ...settings, size: Number(event.currentTarget.value) })}
    />
  );
}

/** From which rating on pictures are blurred. */
function BlurChoice({
  settings,
  levels,
  onSettings,
}: ChoiceProps & { readonly levels: readonly string[] }): JSX.Element {
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
function ThemeChoice({ settings, onSettings }: ChoiceProps): JSX.Element {
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
