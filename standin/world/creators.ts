import { hash32, random } from './random.ts';
import type { WorldCreator } from './types.ts';
import { uuidOf } from './uuid.ts';
import { USER_WORDS } from './words.ts';

/** Avatars are pictures too: their image ids are the creator's id above this. */
export const AVATAR_IDS = 900_000_000;

/** The user whose models are listed without a creator. */
export const SYSTEM_ID = -1;
/** A user who deleted their account. */
export const DELETED_ID = 101;

/** Everyone who made something: the system user, a deleted one, then one creator for about a dozen models, or `others`. */
export function makeCreators(seed: number, models: number, others?: number): WorldCreator[] {
  const creators: WorldCreator[] = [
    { id: SYSTEM_ID, username: 'civitai', image: null, system: true },
    { id: DELETED_ID, username: null, image: null, system: false },
  ];
  const count = others ?? Math.max(10, Math.ceil(models / 12));
  for (let ordinal = 0; ordinal < count; ordinal += 1) creators.push(creator(seed, ordinal));
  return creators;
}

function creator(seed: number, ordinal: number): WorldCreator {
  const chance = random(seed, 'creator', ordinal);
  const id = 200 + ordinal * 17 + (hash32(seed, 'creator id', ordinal) % 17);
  const first = chance.pick(USER_WORDS);
  const second = chance.pick(USER_WORDS);
  const username = chance.chance(0.3)
    ? `${first}_${second}_${ordinal}`
    : `${first}${capital(second)}${ordinal}`;
  return { id, username, image: imageOf(chance.next(), seed, id), system: false };
}

function imageOf(kind: number, seed: number, id: number): string | null {
  if (kind < 0.3) return null;
  if (kind < 0.33) return 'blob:https://civitai.com/00000000-0000-4000-8000-000000000000';
  return uuidOf(seed, AVATAR_IDS + id);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
