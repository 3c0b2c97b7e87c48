import type { ModelId } from '../base/ids.ts';
import type { Catalog } from '../catalog/open.ts';
import { lastSources } from '../catalog/sighting.ts';
import { statesOf } from '../catalog/state.ts';
import type { SubjectStateRow } from '../catalog/state.ts';

/** The source of answers to questions about one model alone. */
export const ASKED_ALONE = 'models';

/**
 * How long the answer about a model that no list shows is good for. Lists leave out unrated models and those of real
 * people, and a question of its own for each would cost more than all the others together. That one is taken down shows
 * sooner: its hashes are looked up by every update, ten thousand a question.
 */
export const ALONE_AFTER_MS = 30 * 86_400_000;

/**
 * Those of some models, none of them shown by a list just now, to ask for alone: what a list showed when it last answered
 * or a look has missed once is asked at once, what answered alone only when that is long ago, what the site said no to
 * when its time has come.
 */
export async function dueAlone(
  catalog: Catalog,
  ids: readonly ModelId[],
  at: number,
  aloneAfterMs: number,
): Promise<ModelId[]> {
  const subjects = ids.map(String);
  const states = await statesOf(catalog.db, 'model', subjects);
  const sources = await lastSources(catalog.db, 'model', subjects);
  return ids.filter((id) => {
    const state = states.get(String(id));
    if (state === undefined || isOpen(state) || (state.checked_at ?? 0) <= at - aloneAfterMs) return true;
    return state.state === 'found' ? sources.get(String(id)) !== ASKED_ALONE : state.next_check_at <= at;
  });
}

/** Never answered, or missed once: the second look decides whether it is gone. */
function isOpen({ state, missed_at: missedAt }: SubjectStateRow): boolean {
  return state === 'unchecked' || (state === 'found' && missedAt !== null);
}
