import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../access.ts';
import { startStandin } from '../start.ts';
import type { Standin } from '../start.ts';

let standin: Standin;

beforeAll(async () => {
  standin = await startStandin({ models: 60, creators: 1, images: 400, pictures: 500, speed: 0 });
});

afterAll(() => standin.close());

interface Answer {
  readonly result?: { readonly data: string | { readonly json: { readonly nextCursor?: string } } };
  readonly error?: unknown;
}

async function ask(
  procedure: string,
  input: object,
  headers: Record<string, string>,
): Promise<{ readonly status: number; readonly answer: Answer }> {
  const query = encodeURIComponent(JSON.stringify({ json: input }));
  const response = await fetch(`${standin.origin}/api/trpc/${procedure}?input=${query}`, { headers });
  return { status: response.status, answer: (await response.json()) as Answer };
}

const KEY = { authorization: `Bearer ${SAMPLE_KEY}` };

describe('the pages’ own API', () => {
  it('answers its own pages and keys, and sends everybody else to the public one', async () => {
    const { postId } = standin.world.feed.at(0);

    const nobody = await ask('post.get', { id: postId }, {});
    const page = await ask('post.get', { id: postId }, { origin: 'https://civitai.com' });
    const key = await ask('post.get', { id: postId }, KEY);

    expect([nobody.status, page.status, key.status]).toEqual([401, 200, 200]);
    expect(JSON.stringify(nobody.answer)).toContain('public API');
    expect((await ask('post.get', { id: 5 }, KEY)).status).toBe(404);
  });

  it('wraps its answers in two ways', async () => {
    const kinds = new Set<string>();
    for (let index = 0; index < 40; index += 4) {
      const { answer } = await ask('post.get', { id: standin.world.feed.at(index).postId }, KEY);
      kinds.add(typeof answer.result?.data);
    }

    expect(kinds).toEqual(new Set(['string', 'object']));
  });

  it('gives the last cursor of a list again and again', async () => {
    const username = standin.world
      .creators()
      .find(({ system, username: name }) => !system && name !== null)?.username;
    const texts: string[] = [];
    for (const cursor of [undefined, '20', '40']) {
      const { answer } = await ask('model.getAll', { username, limit: 20, cursor }, KEY);
      texts.push(JSON.stringify(answer));
    }

    expect(texts.every((text) => text.includes('nextCursor'))).toBe(true);
    expect(texts.at(-1)).toContain('40');
  });
});
