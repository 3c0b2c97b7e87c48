import { useCallback, useLayoutEffect, useState } from 'preact/hooks';
import { applyTheme, keepSettings, localStore, readSettings, type Settings } from '../shared/settings.ts';

/** The reader's own choices, kept as they change. */
export function useSettings(): [Settings, (settings: Settings) => void] {
  const [settings, setSettings] = useState(() => readSettings(localStore()));
  useLayoutEffect(() => applyTheme(settings.theme), [settings.theme]);
  const change = useCallback((next: Settings) => {
    keepSettings(localStore(), next);
    setSettings(next);
  }, []);
  return [settings, change];
}
