import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PostId } from '../base/ids.ts';
import { errorOf, openBench } from '../net/testing/with-net.ts';
import type { Bench } from '../net/testing/with-net.ts';
import { unofficialSite } from './unofficial.ts';
import type { UnofficialSite } from './unofficial.ts';

const ID = 7 as PostId;

let bench: Bench;
let asked: () => number;

beforeEach(() => {
  bench = openBench();
});

afterEach(() => bench.close());

/** A site that answers every such question with one text. */
async function siteSaying(text: string): Promise<UnofficialSite> {
  const server = await bench.serve((_asked, response) => void response.end(text));
  asked = () => server.asked.length;
  const { send } = bench.open(server.origin);
  return unofficialSite({ send, apiUrl: `${server.origin}/api/v1`, levels: 31 });
}

const wrapped = (value: unknown): string => JSON.stringify({ result: { data: { json: value } } });

describe('what only the site’s own pages tell', () => {
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', [{ id: 7, title: 'Ink' }]],
    ['another post', { id: 8, title: 'Ink' }],
    ['a number for a title', { id: 7, title: 7 }],
    ['blanks for a title', { id: 7, title: ' \n' }],
    ['a post of another shape', { post: { id: 7, title: 'Ink' } }],
  ])('takes %s for no title', async (_, value) => {
    const site = await siteSaying(wrapped(value));

    expect(await site.postTitle(ID)).toBeUndefined();
  });

  it('takes a title of its post, cut to what a folder can be called after', async () => {
    const site = await siteSaying(wrapped({ id: 7, title: ` ${'Ink '.repeat(200)}` }));

    const title = (await site.postTitle(ID)) ?? '';
    expect(title.startsWith('Ink Ink')).toBe(true);
    expect(title.length).toBeLessThanOrEqual(300);
  });

  it.each<[string, string]>([
    ['what is no answer of that kind', '{"error":"x"}'],
    ['a list without items', wrapped({ models: [] })],
    ['what is no JSON', 'busy'],
  ])('tries %s once more, and asks the same route no more after that', async (_, text) => {
    const site = await siteSaying(text);

    expect(await errorOf(site.modelIdsOf('ink'))).toMatchObject({ code: 'bad-answer' });
    expect(await errorOf(site.modelIdsOf('brush'))).toMatchObject({ code: 'bad-answer' });
    expect(asked()).toBe(2);
  });
});
