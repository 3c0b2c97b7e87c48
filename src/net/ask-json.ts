import { IntegrityError, SourceError } from '../base/errors.ts';
import { isRecord } from '../base/json.ts';
import { isHtml, readText } from './body.ts';
import { challengeError } from './failure.ts';
import { BadAnswer, type Request, type Response, type Send } from './send.ts';

/** No answer of the API comes near this; the largest recorded is 0.8 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A JSON answer: its text, and what `parse` made of it when the status was 2xx. */
export interface JsonAnswer<T> {
  readonly status: number;
  readonly text: string;
  /** `undefined` for any status but 2xx. */
  readonly value: T | undefined;
  /** Epoch ms when the bytes left the site. */
  readonly seenAt: number;
  readonly url: string;
}

/**
 * Asks for JSON. The whole body is read and parsed inside the retried unit: HTML, a cut text and whatever makes `parse`
 * throw SyntaxError are failed answers, asked for again, never "empty". `parse` must throw SyntaxError for broken JSON.
 */
export async function askJson<T>(
  send: Send,
  request: Omit<Request, 'read'>,
  parse: (text: string) => T,
): Promise<JsonAnswer<T>> {
  let value: T | undefined;
  let parsedText: string | undefined;
  const read = async (response: Response): Promise<Response> => {
    if (isHtml(response.headers)) {
      const page = challengeError(response);
      response.body.on('error', () => undefined).destroy();
      throw new BadAnswer(page);
    }
    const text = await readBody(response);
    value = isSuccess(response.status) ? parseOrBad(text, parse, response) : undefined;
    // "Not there" must be the API's own word: a proxy's or a web server's 404 says nothing about a model.
    if (response.status === 404) parseOrBad(text, assertMessage, response);
    parsedText = text;
    return { ...response, text };
  };
  const headers = { accept: 'application/json', ...request.headers };
  const response = await send({ ...request, headers, read });
  const text = response.text ?? '';
  // From memory: the reader was not called.
  if (parsedText !== text && isSuccess(response.status)) value = parse(text);
  return { status: response.status, text, value, seenAt: response.seenAt, url: response.url };
}

function assertMessage(text: string): void {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !('error' in value || 'message' in value))
    throw new SyntaxError('a 404 without the words of the API');
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

async function readBody(response: Response): Promise<string> {
  try {
    return await readText(response.body, MOST_BYTES);
  } catch (error) {
    if (error instanceof IntegrityError) throw new BadAnswer(error, 1);
    throw error;
  }
}

function parseOrBad<T>(text: string, parse: (text: string) => T, response: Response): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const cut = new SourceError(`An answer of the site can't be read: ${error.message.slice(0, 200)}.`, {
      code: 'bad-answer',
      next: 'Run the same command again; if it stays so, the site has changed its answers.',
      cause: error,
      status: response.status,
      url: response.url,
    });
    throw new BadAnswer(cut);
  }
}
