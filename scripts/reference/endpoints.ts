import { createClient } from '../../src/civitai/client.ts';
import type { CivitaiClient } from '../../src/civitai/client.ts';
import type { ModelId, PostId, Sha256, VersionId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { limitsFor } from '../../src/net/limits.ts';
import type { Allowance } from '../../src/net/limits.ts';
import type { Request } from '../../src/net/send.ts';
import { code, generatedFrom, table } from './markdown.ts';

const HASH = 'a'.repeat(64) as Sha256;
const API = 'https://civitai.com/api/v1';

/** Every question the client can ask, with what it is for. A method of the client that is not here fails the build. */
const QUESTIONS: Readonly<
  Record<keyof CivitaiClient, readonly [ask: (client: CivitaiClient) => Promise<unknown>, purpose: string]>
> = {
  hashIds: [(client) => client.hashIds([HASH]), 'which of up to 10,000 hashes the site knows'],
  versionsByHashes: [
    (client) => client.versionsByHashes([HASH]),
    'the versions behind up to 100 hashes, with the settings of their images',
  ],
  versionByHash: [(client) => client.versionByHash(HASH), 'the version of one hash'],
  version: [(client) => client.version(1 as VersionId), 'one version'],
  model: [(client) => client.model(1 as ModelId), 'one model, when a list leaves it out'],
  modelsByIds: [
    (client) => client.modelsByIds([1 as ModelId], 'wide'),
    'up to 100 models; asked again without the last two parameters for what is absent',
  ],
  images: [(client) => client.images({}).next(), 'the image feed'],
  modelsOf: [(client) => client.modelsOf({}).next(), 'a listing of models'],
  modelCount: [
    (client) => client.modelCount('someone'),
    'how many models a creator has, to compare with what the listings show',
  ],
  postTitle: [(client) => client.postTitle(1 as PostId), 'the title of a post, for the profile `users`'],
  enums: [
    (client) => client.enums(),
    'the lists of names the site uses; `doctor` also sees by it whether the site answers',
  ],
  me: [(client) => client.me(), 'whose key it is, once a key; never without one'],
};

/** What the site is asked, recorded from the client itself, and the limits that hold for it. */
export async function endpointsPage(): Promise<string> {
  const rows: string[][] = [];
  const allowance = limitsFor({});
  for (const [ask, purpose] of Object.values(QUESTIONS)) {
    const request = await recorded(ask);
    const path = decodeURIComponent(request.url.slice(API.length))
      .replace(HASH, ':hash')
      .replace(/\/1$/, '/:id')
      .replace('ids=1&', 'ids=…&');
    rows.push([
      code(request.method),
      code(path),
      purpose,
      limitText(allowance('civitai.com', request.endpoint)),
    ]);
  }
  const parts = [
    generatedFrom('src/civitai/client.ts and src/net/limits.ts'),
    '# Endpoints used',
    'Of the API at `--api-url`, by default `https://civitai.com/api/v1`. All endpoints together are asked at most `--rate` times a minute, 90 unless told otherwise; all processes of a user share that pace, and a pause that the site asks for holds for all of them.',
    table(['method', 'path', 'what for', 'at once'], rows),
    `Previews come from the addresses that the site gives, ${limitText(allowance('image.civitai.com', 'media'))} at once (\`media.concurrency\`); they are not counted in the rate and never see the key.`,
    'A library of N files that are not known yet costs about 1 + 2·N/100 requests, an unchanged one none.',
  ];
  return `${parts.join('\n\n')}\n`;
}

class Recorded extends Error {
  readonly request: Request;

  constructor(request: Request) {
    super(request.url);
    this.request = request;
  }
}

/** Asks a client whose wire only writes down the first request. */
async function recorded(ask: (client: CivitaiClient) => Promise<unknown>): Promise<Request> {
  const client = createClient({
    send: (request) => Promise.reject(new Recorded(request)),
    apiUrl: API,
    key: 'any',
    log: silentLog,
  });
  try {
    await ask(client);
  } catch (error) {
    if (error instanceof Recorded) return error.request;
    throw error;
  }
  throw new Error('The client asked nothing.');
}

function limitText({ limit }: Allowance): string {
  const spacing = limit.minSpacingMs === 0 ? '' : `, ${limit.minSpacingMs} ms apart`;
  return `${limit.concurrency}${spacing}`;
}
