import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { describeCatalogs } from '../../test/catalogs.ts';
import { SourceError } from '../base/errors.ts';
import type { BlobId, Sha256 } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ensureBlobs } from '../catalog/blob.ts';
import type { Catalog } from '../catalog/open.ts';
import { statesOf } from '../catalog/state.ts';
import { createClient } from '../civitai/client.ts';
import type { Response, Send } from '../net/send.ts';
import { identify } from './identify.ts';
import type { Identified } from './identify.ts';

const API = 'https://civitai.test/api/v1';
const HOUR = 3_600_000;
const [KNOWN, OTHER] = ['a', 'b'].map((letter) => letter.repeat(64) as Sha256) as [Sha256, Sha256];

const VERSION = {
  id: 20,
  modelId: 10,
  name: 'v2',
  model: { name: 'Ink', type: 'LORA' },
  files: [{ id: 30, name: 'ink.safetensors', sizeKB: 1, type: 'Model', hashes: { SHA256: KNOWN } }],
};

/** What the site answers: by endpoint and address, a status and a value. */
type Site = (url: URL, endpoint: string) => readonly [status: number, value: unknown];

/** A site in memory that keeps a list of what it was asked. */
function siteOf(answer: Site): { send: Send; asked: string[] } {
  const asked: string[] = [];
  const send: Send = async (request) => {
    const url = new URL(request.url);
    asked.push(url.pathname.replace('/api/v1/', ''));
    const [status, value] = answer(url, request.endpoint);
    const response: Response = {
      status,
      headers: { 'content-type': 'application/json' },
      url: request.url,
      body: Readable.from([Buffer.from(JSON.stringify(value))]),
      seenAt: 0,
    };
    return (await request.read?.(response)) ?? response;
  };
  return { send, asked };
}

async function ask(
  catalog: Catalog,
  send: Send,
  at: number,
  more: { force?: boolean } = {},
): Promise<Identified> {
  const blobs = await ensureBlobs(
    catalog,
    [KNOWN, OTHER].map((sha256) => ({ sha256, size: 1 })),
    1,
  );
  const client = createClient({ send, apiUrl: API, log: silentLog });
  const phase = { advance() {}, waiting() {}, end() {} };
  const signal = new AbortController().signal;
  return await identify(new Map(blobs as Map<Sha256, BlobId>), {
    catalog,
    client,
    now: () => at,
    signal,
    phase,
    force: more.force ?? false,
    maxAgeMs: undefined,
  });
}

const shown: Site = (url) => {
  if (url.pathname.endsWith('/by-hash/ids'))
    return [200, [{ modelVersionId: 20, hash: KNOWN.toUpperCase() }]];
  if (url.pathname.endsWith('/by-hash')) return [200, [VERSION]];
  if (url.pathname.endsWith('/models')) return [200, { items: [], metadata: {} }];
  return [404, { error: 'not found' }];
};

const gone: Site = (url) => {
  if (url.pathname.endsWith('/by-hash/ids')) return [200, []];
  if (url.pathname.endsWith('/by-hash')) return [200, []];
  return shown(url, '');
};

describeCatalogs('identify', (open) => {
  it('finds the model of a hash whose answer did not name one', async () => {
    const catalog = await open();
    const { send, asked } = siteOf(shown);

    const { touched, stopped } = await ask(catalog, send, HOUR);

    expect(stopped).toBeUndefined();
    expect(asked).toContain('model-versions/by-hash');
    expect([...touched].sort()).toEqual([KNOWN, OTHER]);
    expect(
      await catalog.db
        .selectFrom('candidate')
        .select(['version_id', 'model_id', 'civitai_file_id'])
        .execute(),
    ).toEqual([{ version_id: 20, model_id: 10, civitai_file_id: 30 }]);
    expect(await catalog.db.selectFrom('model').select(['id', 'name']).execute()).toEqual([
      { id: 10, name: 'Ink' },
    ]);
  });

  it('asks nothing when every answer is young', async () => {
    const catalog = await open();
    await ask(catalog, siteOf(shown).send, HOUR);
    const { send, asked } = siteOf(shown);

    const { touched } = await ask(catalog, send, 2 * HOUR);

    expect(asked).toEqual([]);
    expect(touched.size).toBe(0);
  });

  it('asks alone for a hash that a list no longer shows, and takes it for removed after two looks far apart only', async () => {
    const catalog = await open();
    await ask(catalog, siteOf(shown).send, HOUR);
    const stateAt = async (at: number): Promise<string | undefined> => {
      const { send, asked } = siteOf(gone);
      await ask(catalog, send, at, { force: true });
      expect(
        asked.filter(
          (path) =>
            path === `model-versions/by-hash/${KNOWN}`.toLowerCase() ||
            path === `model-versions/by-hash/${KNOWN.toUpperCase()}`,
        ),
      ).toHaveLength(1);
      expect(asked.some((path) => path.toLowerCase().endsWith(OTHER))).toBe(false);
      return (await statesOf(catalog.db, 'hash', [KNOWN])).get(KNOWN)?.state;
    };

    expect(await stateAt(2 * HOUR)).toBe('found');
    expect(await stateAt(3 * HOUR)).toBe('found');
    expect(await stateAt(4 * HOUR)).toBe('removed');
    expect(await catalog.db.selectFrom('candidate').select('version_id').execute()).toHaveLength(1);
  });

  it('keeps what was answered before the site died, and says why it stopped', async () => {
    const catalog = await open();
    const { send } = siteOf(shown);
    const dying: Send = async (request) => {
      if (request.url.endsWith('/model-versions/by-hash')) {
        throw new SourceError('The site is down.', { code: 'site-down' });
      }
      return await send(request);
    };

    const { stopped, touched } = await ask(catalog, dying, HOUR);

    expect(stopped).toMatchObject({ code: 'site-down' });
    expect(touched.size).toBe(2);
    expect((await statesOf(catalog.db, 'hash', [KNOWN, OTHER])).get(KNOWN)?.state).toBe('found');
    expect((await ask(catalog, send, HOUR + 1)).stopped).toBeUndefined();
    expect(await catalog.db.selectFrom('candidate').select('version_id').execute()).toHaveLength(1);
  });
});
