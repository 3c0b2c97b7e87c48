import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';

/** The prompt of an image as the catalog knows it. */
export interface KnownPrompt {
  readonly imageId: number;
  readonly prompt: string;
  readonly negative: string;
}

/** The prompts of all images, `page` images at a time: of several sources the user's own, then the file's, then the site's. */
export async function* knownPrompts(db: Kysely<Tables>, page = 5000): AsyncGenerator<KnownPrompt> {
  let after: number | undefined;
  for (;;) {
    const ids = await db
      .selectFrom('gen_param')
      .select('image_id')
      .distinct()
      .where('prompt', 'is not', null)
      .$if(after !== undefined, (query) => query.where('image_id', '>', after ?? 0))
      .orderBy('image_id')
      .limit(page)
      .execute();
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return;
    const rows = await db
      .selectFrom('gen_param')
      .select(['image_id', 'source', 'prompt', 'negative'])
      .where('prompt', 'is not', null)
      .where('image_id', '>=', first.image_id)
      .where('image_id', '<=', last.image_id)
      .orderBy('image_id')
      .execute();
    const best = new Map<number, (typeof rows)[number]>();
    for (const row of rows) {
      const known = best.get(row.image_id);
      if (known === undefined || RANK[row.source] < RANK[known.source]) best.set(row.image_id, row);
    }
    for (const { image_id: imageId, prompt, negative } of best.values())
      yield { imageId, prompt: prompt ?? '', negative: negative ?? '' };
    after = last.image_id;
  }
}

const RANK = { user: 0, file: 1, api: 2 } as const;
