import type { UnofficialSite } from '../../civitai/unofficial.ts';
import type { Deps } from '../deps.ts';

/** The API of the site's own pages, when the configuration wants it asked and there is a key for it. */
export async function openUnofficial(deps: Deps): Promise<UnofficialSite | undefined> {
  const { unofficial, key, apiUrl, browsingLevel } = deps.settings;
  if (unofficial !== true || key === undefined) return undefined;
  const { unofficialSite } = await import('../../civitai/unofficial.ts');
  return unofficialSite({ send: (await deps.net()).send, apiUrl, levels: browsingLevel });
}

/** What to say where it was wanted and can't be asked. */
export function unofficialWarnings({ settings }: Pick<Deps, 'settings'>): string[] {
  if (settings.unofficial !== true || settings.key !== undefined) return [];
  return [
    '`unofficial` has no effect without a key: the site answers such questions to its own pages and to keys.',
  ];
}
