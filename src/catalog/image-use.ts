import type { Kysely } from 'kysely';

import type { VersionFacts } from './facts.ts';
import { saveImages } from './image.ts';
import type { Tables } from './schema.ts';
import { groupBy, readByKeys, upsert } from './upsert.ts';

/**
 * Keeps the pictures of versions in the order of the latest answer. Pictures it does not list stay, behind those it
 * does: answers differ in how many they list, and what is gone from the site is kept.
 */
export async function saveVersionImages(
  trx: Kysely<Tables>,
  versions: readonly VersionFacts[],
  at: number,
): Promise<void> {
  const speaking = versions.filter((version) => version.images !== undefined && version.images.length > 0);
  const ids = await saveImages(trx, speaking.flatMap((version) => version.images ?? []), at); // prettier-ignore
  const listed = new Map<number, number[]>();
  let next = 0;
  for (const { id, images } of speaking) {
    const count = images?.length ?? 0;
    // An answer may name a version twice; the later one leads.
    listed.set(id, [...new Set([...ids.slice(next, next + count), ...(listed.get(id) ?? [])])]);
    next += count;
  }
  await writeUses(trx, listed);
}

async function writeUses(trx: Kysely<Tables>, listed: ReadonlyMap<number, readonly number[]>): Promise<void> {
  const known = await readByKeys(listed.keys(), (some) =>
    trx
      .selectFrom('image_use')
      .selectAll()
      .where('version_id', 'in', some)
      .orderBy('position')
      .orderBy('image_id')
      .execute(),
  );
  const before = groupBy(known, (row) => row.version_id);
  const rows = [...listed].flatMap(([versionId, imageIds]) => {
    const held = before.get(versionId) ?? [];
    const positions = new Map(held.map((row) => [row.image_id, row.position]));
    const order = [...new Set([...imageIds, ...held.map((row) => row.image_id)])];
    return order
      .map((imageId, position) => ({ version_id: versionId, image_id: imageId, position }))
      .filter((row) => positions.get(row.image_id) !== row.position);
  });
  await upsert(trx, 'image_use', rows, { key: ['version_id', 'image_id'] });
}
