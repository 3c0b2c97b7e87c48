import { createHash } from 'node:crypto';

import type { Insertable, Kysely, Selectable } from 'kysely';

import { dateOrNull, textOrNull, wholeOrNull } from './facts-clean.ts';
import type { ImageFacts } from './facts.ts';
import { saveGenerations } from './generation.ts';
import { writing } from './open.ts';
import type { Writable } from './open.ts';
import { rekeyImage } from './image-rekey.ts';
import type { ImageTable } from './schema-images.ts';
import type { Tables } from './schema.ts';
import { readByKeys, upsert } from './upsert.ts';

/**
 * Keeps images with their aliases and, as the site tells it, how they were made. Returns the catalog's id of each, in
 * order: Civitai's when known, else the one its uuid already has, else a negative one of ours. A uuid never has two rows.
 */
export async function saveImages(
  target: Writable,
  images: readonly ImageFacts[],
  at: number,
): Promise<number[]> {
  return writing(target, async (trx) => {
    const ids = await resolveIds(trx, images);
    const rows = new Map<number, Insertable<ImageTable>>();
    const aliases = new Map<string, number>();
    for (const [index, image] of images.entries()) {
      const id = ids[index] ?? 0;
      rows.set(id, merged(rows.get(id), rowOf(id, image, at)));
      const alias = aliasOf(image);
      if (alias !== undefined) aliases.set(alias, id);
    }
    await writeImages(trx, [...rows.values()]);
    const aliasRows = [...aliases].map(([alias, image_id]) => ({ alias, image_id }));
    await upsert(trx, 'image_alias', aliasRows, { key: ['alias'], unlessSame: ['image_id'] });
    const told = images.flatMap((image, index) =>
      image.generation === undefined ? [] : [[ids[index] ?? 0, image.generation] as const],
    );
    await saveGenerations(trx, 'api', told);
    return ids;
  });
}

/** What is kept of some images, in no order; those that are not known are left out. */
export async function readImages(
  db: Kysely<Tables>,
  ids: Iterable<number>,
): Promise<Selectable<ImageTable>[]> {
  return await readByKeys(ids, (some) =>
    db.selectFrom('image').selectAll().where('id', 'in', some).execute(),
  );
}

async function writeImages(trx: Kysely<Tables>, rows: readonly Insertable<ImageTable>[]): Promise<void> {
  await upsert(trx, 'image', rows, {
    key: ['id'],
    fill: ['uuid', 'width', 'height', 'blurhash', 'post_id', 'username', 'created_at', 'version_ids'], // prettier-ignore
    fillZero: ['nsfw_level'],
    // Only to say that they were seen again, a hundred thousand rows would be written anew at every refresh.
    unlessSame: [
      'uuid',
      'url',
      'media',
      'width',
      'height',
      'nsfw_level',
      'blurhash',
      'post_id',
      'username',
      'created_at',
      'version_ids',
    ],
  });
}

/** Later answers win; their silence doesn't. */
function merged(
  before: Insertable<ImageTable> | undefined,
  after: Insertable<ImageTable>,
): Insertable<ImageTable> {
  if (before === undefined) return after;
  const told = Object.entries(after).filter(
    ([column, value]) => value !== null && !(column === 'nsfw_level' && value === 0),
  );
  return { ...before, ...Object.fromEntries(told) };
}

function rowOf(id: number, image: ImageFacts, at: number): Insertable<ImageTable> {
  return {
    id,
    uuid: aliasOf(image) ?? null,
    url: textOrNull(image.url) ?? '',
    media: image.media,
    width: wholeOrNull(image.width) || null,
    height: wholeOrNull(image.height) || null,
    nsfw_level: wholeOrNull(image.nsfwLevel) ?? 0,
    blurhash: textOrNull(image.blurhash),
    post_id: wholeOrNull(image.postId),
    username: textOrNull(image.username),
    created_at: dateOrNull(image.createdAt),
    version_ids: image.versionIds.length === 0 ? null : JSON.stringify(image.versionIds),
    seen_at: at,
  };
}

/** The versions that a kept image was made with, as far as it is known. */
export function versionIdsOf({ version_ids: kept }: Pick<ImageTable, 'version_ids'>): number[] {
  const ids: unknown = kept === null ? [] : JSON.parse(kept);
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'number') : [];
}

function aliasOf(image: ImageFacts): string | undefined {
  return textOrNull(image.uuid)?.toLowerCase();
}

async function resolveIds(trx: Kysely<Tables>, images: readonly ImageFacts[]): Promise<number[]> {
  const uuids = images.flatMap((image) => aliasOf(image) ?? []);
  const rows = await readByKeys(uuids, (some) =>
    trx.selectFrom('image_alias').selectAll().where('alias', 'in', some).execute(),
  );
  const known = new Map(rows.map((row) => [row.alias, row.image_id]));
  // Civitai's ids first, whatever the order: they replace ours for the same picture, here and in the catalog.
  for (const image of images) {
    const alias = aliasOf(image);
    const id = wholeOrNull(image.id);
    if (alias === undefined || id === null || id <= 0) continue;
    const before = known.get(alias);
    if (before !== undefined && before < 0) await rekeyImage(trx, before, id);
    if (before === undefined || before < 0) known.set(alias, id);
  }
  return images.map((image) => {
    const alias = aliasOf(image);
    const told = wholeOrNull(image.id);
    const id =
      (alias === undefined ? undefined : known.get(alias)) ??
      (told !== null && told > 0 ? told : ownId(alias ?? image.url));
    if (alias !== undefined) known.set(alias, id);
    return id;
  });
}

/**
 * Our id of a picture whose id nobody told: negative, and always the same for the same uuid, or address when there is
 * no uuid. 52 bits of SHA-256, so that a double holds it.
 */
export function ownId(identity: string): number {
  const digest = createHash('sha256').update(identity).digest();
  return -(Number(digest.readBigUInt64BE() >> 12n) + 1);
}
