import { afterEach, describe, expect, it } from 'vitest';
import { startStandin, type Standin, type StandinOptions } from '../../standin/start.ts';
import type { ModelId, Sha256 } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { chunks } from '../base/pool.ts';
import { openBench, type Bench } from '../net/testing/with-net.ts';
import { transfer } from '../net/transfer.ts';
import { createClient, type CivitaiClient } from './client.ts';

let closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers) await close();
  closers = [];
});

async function meet(
  options: StandinOptions,
): Promise<{ site: Standin; client: CivitaiClient; bench: Bench; send: ReturnType<Bench['open']>['send'] }> {
  const site = await startStandin({ models: 60, images: 500, manners: { holds: false }, ...options });
  const bench = openBench();
  closers.push(bench.close, site.close);
  // The bench sleeps in no time, so patience costs nothing and faults need not be few.
  const { send } = bench.open(site.origin, { patienceMs: 3_600_000 });
  return {
    site,
    bench,
    send,
    client: createClient({ send, apiUrl: site.apiUrl, clock: bench.clock, log: silentLog }),
  };
}

function hashesOf(site: Standin): Sha256[] {
  const versions = site.world.versionIds().flatMap((id) => site.world.version(id) ?? []);
  return versions
    .flatMap((version) => version.files)
    .map((file) => site.world.sha256Of(file).toLowerCase() as Sha256);
}

async function describeAll(
  client: CivitaiClient,
  hashes: readonly Sha256[],
): Promise<{ versions: number[]; models: number[]; images: number }> {
  const hits = await client.hashIds(hashes);
  const known = [...new Set(hits.map((hit) => hit.hash))];
  const versions = [];
  for (const batch of chunks(known, 100)) versions.push(...(await client.versionsByHashes(batch)));
  const modelIds = [...new Set(versions.flatMap((version) => version.value.modelId ?? []))] as ModelId[];
  const models = [];
  for (const batch of chunks(modelIds, 100)) models.push(...(await client.modelsByIds(batch, 'wide')));
  return {
    versions: versions.map((version) => version.value.id).sort((a, b) => a - b),
    models: models.map((model) => model.value.id).sort((a, b) => a - b),
    images: versions.flatMap((version) => version.value.images ?? []).length,
  };
}

describe('the client against the stand-in', () => {
  it('learns the same with half of all requests failing as with none', async () => {
    const calm = await meet({ seed: 3 });
    const rough = await meet({ seed: 3, faults: '*:any=0.5' });
    const hashes = hashesOf(calm.site);

    const expected = await describeAll(calm.client, hashes);
    const learned = await describeAll(rough.client, hashes);

    expect(expected.versions.length).toBeGreaterThan(60);
    expect(expected.images).toBeGreaterThan(100);
    expect(learned).toEqual(expected);
    expect(calm.site.problems()).toEqual([]);
    expect(rough.site.problems()).toEqual([]);
  });

  it('brings a preview whole through cuts and refusals', async () => {
    const { site, client, send } = await meet({ seed: 4, faults: 'media:any=0.5' });
    const [version] = await client.versionsByHashes(hashesOf(site).slice(0, 50));
    const image = version?.value.images?.[0];
    let chunksOf: Uint8Array[] = [];
    const sink = {
      write: (chunk: Uint8Array) => void chunksOf.push(chunk.slice()),
      restart: () => void (chunksOf = []),
    };

    const got = await transfer(send, { method: 'GET', url: image?.url ?? '', endpoint: 'media' }, sink);

    expect(got.bytes).toBe(Buffer.concat(chunksOf).byteLength);
    expect(got.contentType).toMatch(/^(?:image|video)\//);
  });

  it('walks the whole feed, each image once', async () => {
    const { client } = await meet({ seed: 5, images: 450 });
    const ids: number[] = [];

    for await (const page of client.images({ sort: 'Newest', limit: 100 }))
      ids.push(...page.items.flatMap((item) => item.value.id ?? []));

    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
