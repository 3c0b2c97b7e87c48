import { IntegrityError } from '../base/errors.ts';
import type { PostId } from '../base/ids.ts';
import { isRecord } from '../base/json.ts';
import { discard, isHtml, readText } from '../net/body.ts';
import { BadAnswer } from '../net/send.ts';
import type { Send } from '../net/send.ts';

/** A post says little of itself. */
const MOST_BYTES = 4 * 1024 * 1024;
/** A slip of the network is got over; nothing waits for a title. */
const TRIES = 3;
/** No folder is called after more. */
const MOST_LETTERS = 300;

/**
 * The title of a post. `undefined` when it has none, and wherever the site does not answer such a question: the route is
 * young, and a folder can be named without it.
 */
export async function askPostTitle(send: Send, apiUrl: string, id: PostId): Promise<string | undefined> {
  let title: string | undefined;
  await send({
    method: 'GET',
    url: `${apiUrl}/posts/${id}`,
    endpoint: 'posts/:id',
    attempts: TRIES,
    headers: { accept: 'application/json' },
    async read(response) {
      title = undefined;
      if (response.status !== 200 || isHtml(response.headers)) {
        discard(response.body);
        return response;
      }
      try {
        title = titleIn(await readText(response.body, MOST_BYTES), id);
      } catch (error) {
        if (error instanceof IntegrityError) throw new BadAnswer(error, 1);
        throw error;
      }
      return response;
    },
  });
  return title;
}

function titleIn(text: string, id: PostId): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || value['id'] !== id || typeof value['title'] !== 'string') return undefined;
    const title = value['title'].slice(0, MOST_LETTERS).trim();
    return title === '' ? undefined : title;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
