import { describe, expect, it } from 'vitest';
import { SourceError } from '../../base/errors.ts';
import type { WalkedPage, WalkEnd } from '../../civitai/paging.ts';
import type { Item } from '../../civitai/shapes/types.ts';
import { brokenOff, walkAll } from './walk-all.ts';

interface Thing {
  readonly id: number | undefined;
}

/** Pages of these ids; then an error, or the end. */
async function* pagesOf(
  pages: readonly (readonly number[])[],
  end: WalkEnd | Error,
): AsyncGenerator<WalkedPage<Item<Thing>>, WalkEnd> {
  for (const ids of pages) {
    await Promise.resolve();
    yield { items: ids.map((id) => ({ value: { id }, raw: `{"id":${id}}` })), cursor: undefined, next: 'x' };
  }
  if (typeof end !== 'string') throw end;
  return end;
}

const all = (): boolean => true;

const refusal = new SourceError('Invalid cursor (400).', { code: 'bad-request', permanent: true });
const outage = new SourceError('The site is away.', { code: 'site-down' });

describe('a walk through a list', () => {
  it('gives each thing once, and its end', async () => {
    const { items, end } = await walkAll(pagesOf([[1, 2], [2, 3], []], 'complete'), all);

    expect(items.map(({ value }) => value.id)).toEqual([1, 2, 3]);
    expect(end).toBe('complete');
    expect(brokenOff('it', end)).toBeUndefined();
  });

  it('keeps what it saw when a later page is refused, and does not take it for the whole', async () => {
    const { items, end } = await walkAll(pagesOf([[1, 2]], refusal), all);

    expect(items).toHaveLength(2);
    expect(brokenOff('it', end)).toMatchObject({ state: 'failed', code: 'listing-broken' });
    expect(brokenOff('it', end)?.why).toContain('Invalid cursor');
  });

  it('tells of a list that leads in circles', async () => {
    const { end } = await walkAll(pagesOf([[1]], 'repeated-cursor'), all);

    expect(brokenOff('it', end)?.why).toContain('circles');
  });

  it('leaves out things of others, and ends where there is nothing else', async () => {
    const isOwn = ({ id }: Thing): boolean => id !== undefined && id < 10;
    const { items, end } = await walkAll(pagesOf([[1, 20], [], [30, 31], [2]], 'complete'), isOwn);

    expect(items.map(({ value }) => value.id)).toEqual([1]);
    expect(brokenOff('it', end)?.why).toContain('things of others');
  });

  it('throws what is said of the first page, what ends the run, and faults of ours', async () => {
    await expect(walkAll(pagesOf([], refusal), all)).rejects.toBe(refusal);
    await expect(walkAll(pagesOf([[1]], new TypeError('ours')), all)).rejects.toThrow('ours');
    await expect(walkAll(pagesOf([[1]], outage), all)).rejects.toBe(outage);
  });
});
