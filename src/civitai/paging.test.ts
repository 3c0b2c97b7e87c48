import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNext, walkPages, type Page, type WalkEnd } from './paging.ts';

const ORIGIN = 'https://civitai.com';

async function walk(
  ask: (cursor: string | undefined) => Page<number>,
  more: { cursor?: string; mostPages?: number } = {},
): Promise<{ items: number[]; pages: number; end: WalkEnd }> {
  const pages = walkPages(async (cursor) => ask(cursor), { idOf: (id) => id, ...more });
  const items: number[] = [];
  for (let count = 0; ; count += 1) {
    const step = await pages.next();
    if (step.done === true) return { items, pages: count, end: step.value };
    items.push(...step.value.items);
  }
}

describe('walkPages', () => {
  it('gives every item of every page, short and empty ones included, to the end', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, async (counts) => {
        let id = 0;
        const pages = counts.map((count) => Array.from({ length: count }, () => (id += 1)));
        const ask = (cursor: string | undefined): Page<number> => {
          const at = Number(cursor ?? 0);
          return { items: pages[at] ?? [], next: at + 1 < pages.length ? String(at + 1) : undefined };
        };

        const { items, end } = await walk(ask);

        expect(items).toEqual(pages.flat());
        expect(end).toBe('complete');
      }),
    );
  });

  it('ends on a cursor that comes back', async () => {
    const { pages, end } = await walk((cursor) => ({
      items: [pagesOf(cursor)],
      next: cursor === 'b' ? 'a' : cursor === 'a' ? 'b' : 'a',
    }));

    expect({ pages, end }).toEqual({ pages: 3, end: 'repeated-cursor' });
  });

  it('ends when new cursors bring nothing new', async () => {
    const { pages, end } = await walk((cursor) => ({ items: [1, 2], next: `${Number(cursor ?? 0) + 1}` }));

    expect({ pages, end }).toEqual({ pages: 6, end: 'nothing-new' });
  });

  it('ends when empty pages never end, and at its cap', async () => {
    expect((await walk((cursor) => ({ items: [], next: `${Number(cursor ?? 0) + 1}` }))).end).toBe(
      'nothing-new',
    );
    expect(
      await walk((cursor) => ({ items: [Number(cursor ?? 0)], next: `${Number(cursor ?? 0) + 1}` }), {
        mostPages: 4,
      }),
    ).toEqual({
      items: [0, 1, 2, 3],
      pages: 4,
      end: 'too-many-pages',
    });
  });

  it('does not call a walk complete whose next link leads away', async () => {
    expect((await walk(() => ({ items: [1], next: undefined, leadsAway: true }))).end).toBe('leads-away');
  });

  it('begins where it is told to', async () => {
    expect(
      (await walk((cursor) => ({ items: [Number(cursor)], next: undefined }), { cursor: '7' })).items,
    ).toEqual([7]);
  });
});

function pagesOf(cursor: string | undefined): number {
  return (cursor ?? '').length;
}

describe('readNext', () => {
  it.each<[string | undefined, object]>([
    [
      '{"nextCursor":"41291|348916|4468","nextPage":"https://civitai.com/x?cursor=other"}',
      { next: '41291|348916|4468' },
    ],
    ['{"nextCursor":6561}', { next: '6561' }],
    ['{"nextCursor":18446744073709551615}', { next: '18446744073709551615' }],
    ['{"nextPage":"https://civitai.com/api/v1/images?limit=1&token=x&cursor=1%7C17"}', { next: '1|17' }],
    ['{"nextPage":"https://evil.example/api/v1/images?cursor=1"}', { next: undefined, leadsAway: true }],
    ['{"nextPage":"http://civitai.com/api/v1/images?cursor=1"}', { next: undefined, leadsAway: true }],
    ['{"nextPage":"https://civitai.com/api/v1/images?page=2"}', { next: undefined }],
    ['{"nextCursor":null}', { next: undefined }],
    ['{"nextCursor":""}', { next: undefined }],
    ['{}', { next: undefined }],
    ['[]', { next: undefined }],
    [undefined, { next: undefined }],
  ])('reads %s', (metadata, next) => {
    expect(readNext(metadata, ORIGIN)).toEqual(next);
  });
});
