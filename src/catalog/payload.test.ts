import fc from 'fast-check';
import { expect, it } from 'vitest';

import { describeCatalogs } from '../../test/catalogs.ts';
import { openCatalog } from './open.ts';
import type { Catalog } from './open.ts';
import { keepPayloads, latestPayload, latestPayloads, payloadHistory, payloadText } from './payload.ts';
import type { PayloadInput } from './payload.ts';

function seen(subject: string, what: string, seenAt: number, more: Partial<PayloadInput> = {}): PayloadInput {
  return {
    kind: 'model',
    subject,
    source: 'models?ids',
    digest: what,
    raw: `{"is":"${what}"}`,
    seenAt,
    ...more,
  };
}

async function spans(catalog: Catalog, subject: string): Promise<(string | number)[][]> {
  const history = await payloadHistory(catalog.db, 'model', subject);
  return history.map((span) => [span.digest, span.fromAt, span.toAt]);
}

describeCatalogs('payloads', (open) => {
  it('come back as they were, byte for byte', async () => {
    const catalog = await open();
    const raw = `{"name":"漫画 😀 \\u0000 \\ud800","big":18446744073709551615,"pad":"${'x'.repeat(100_000)}"}`;

    const [kept] = await keepPayloads(catalog, [
      seen('1', 'a', 10, { raw }),
      seen('2', 'b', 10, { raw: '' }),
    ]);

    expect(await latestPayload(catalog.db, 'model', '1')).toEqual({ raw, seenAt: 10, source: 'models?ids' });
    expect(await payloadText(catalog.db, kept?.payloadId ?? 0)).toBe(raw);
    expect((await latestPayload(catalog.db, 'model', '2'))?.raw).toBe('');
    expect(await latestPayload(catalog.db, 'model', '3')).toBeUndefined();
    expect(await latestPayload(catalog.db, 'version', '1')).toBeUndefined();
    expect(await payloadText(catalog.db, 999)).toBeUndefined();
    const stored = await catalog.db
      .selectFrom('payload')
      .select(['body', 'bytes'])
      .orderBy('subject')
      .execute();
    expect(stored[0]?.bytes).toBe(Buffer.byteLength(raw));
    expect(stored[0]?.body.length).toBeLessThan(1000);
  });

  it('are kept once, and seen again extends the span', async () => {
    const catalog = await open();

    const first = await keepPayloads(catalog, [seen('1', 'a', 10), seen('2', 'b', 10)]);
    const second = await keepPayloads(catalog, [
      seen('2', 'b', 20),
      seen('1', 'a', 20, { raw: 'other statistics' }),
    ]);

    expect(first.map(({ subject, isNew }) => [subject, isNew])).toEqual([
      ['1', true],
      ['2', true],
    ]);
    expect(second.map(({ subject, isNew }) => [subject, isNew])).toEqual([
      ['2', false],
      ['1', false],
    ]);
    expect(second[1]?.payloadId).toBe(first[0]?.payloadId);
    expect(await spans(catalog, '1')).toEqual([['a', 10, 20]]);
    expect(await latestPayload(catalog.db, 'model', '1')).toMatchObject({ raw: '{"is":"a"}', seenAt: 20 });
  });

  it('that come back have two spans: A, B, A are three', async () => {
    const catalog = await open();

    const news: boolean[] = [];
    for (const [index, what] of ['a', 'a', 'b', 'a', 'a'].entries()) {
      const kept = await keepPayloads(catalog, [seen('1', what, 10 * index)]);
      news.push(...kept.map(({ isNews }) => isNews));
    }

    expect(news).toEqual([true, false, true, true, false]);

    expect(await spans(catalog, '1')).toEqual([
      ['a', 0, 10],
      ['b', 20, 20],
      ['a', 30, 40],
    ]);
    expect(await latestPayload(catalog.db, 'model', '1')).toMatchObject({ raw: '{"is":"a"}', seenAt: 40 });
    expect(await catalog.db.selectFrom('payload').select('digest').execute()).toHaveLength(2);
  });

  it('may come twice in one batch', async () => {
    const catalog = await open();

    const kept = await keepPayloads(catalog, [
      seen('1', 'a', 1),
      seen('1', 'a', 2),
      seen('1', 'b', 3),
      seen('1', 'a', 4),
    ]);

    expect(kept.map(({ isNew }) => isNew)).toEqual([true, false, true, false]);
    expect(await spans(catalog, '1')).toEqual([
      ['a', 1, 2],
      ['b', 3, 3],
      ['a', 4, 4],
    ]);
    expect(await keepPayloads(catalog, [])).toEqual([]);
  });

  it('of different endpoints and kinds have spans of their own', async () => {
    const catalog = await open();

    await keepPayloads(catalog, [
      seen('1', 'a', 1),
      seen('1', 'b', 2, { source: 'by-hash' }),
      seen('1', 'c', 3, { kind: 'version' }),
      seen('1', 'a', 4),
    ]);

    expect(await spans(catalog, '1')).toEqual([
      ['a', 1, 4],
      ['b', 2, 2],
    ]);
    expect(await latestPayload(catalog.db, 'model', '1', 'by-hash')).toMatchObject({
      raw: '{"is":"b"}',
      seenAt: 2,
    });
    expect(await latestPayload(catalog.db, 'model', '1')).toMatchObject({ source: 'models?ids' });
    expect(await latestPayload(catalog.db, 'version', '1')).toMatchObject({ raw: '{"is":"c"}' });
  });

  it('seen by a clock that was set back do not hide what came before', async () => {
    const catalog = await open();

    await keepPayloads(catalog, [seen('1', 'a', 100)]);
    await keepPayloads(catalog, [seen('1', 'b', 50)]);
    await keepPayloads(catalog, [seen('1', 'b', 60)]);

    expect(await spans(catalog, '1')).toEqual([
      ['a', 100, 100],
      ['b', 100, 100],
    ]);
    expect(await latestPayload(catalog.db, 'model', '1')).toMatchObject({ raw: '{"is":"b"}' });
  });

  it('are read for many subjects at once', async () => {
    const catalog = await open();
    const many = Array.from({ length: 1500 }, (_, n) => seen(String(n), `d${n}`, n));

    await keepPayloads(catalog, many);
    const read = await latestPayloads(catalog.db, 'model', [...many.map(({ subject }) => subject), 'none']);

    expect(read.size).toBe(1500);
    expect(read.get('1499')).toEqual({ raw: '{"is":"d1499"}', seenAt: 1499, source: 'models?ids' });
  });
});

it('the spans of a subject are the runs of equal answers, however they are batched', async () => {
  const catalog = await openCatalog(':memory:', { clock: { now: () => 0, sleep: async () => {} } });
  let subject = 0;
  const batches = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }), { maxLength: 6 });

  await fc.assert(
    fc.asyncProperty(batches, async (looks) => {
      subject += 1;
      const runs: string[] = [];
      let at = 0;
      for (const batch of looks) {
        await keepPayloads(
          catalog,
          batch.map((what) => seen(String(subject), what, (at += 1))),
        );
        for (const what of batch) if (runs.at(-1) !== what) runs.push(what);
      }

      const stored = await spans(catalog, String(subject));
      expect(stored.map(([what]) => what)).toEqual(runs);
      for (const [index, [, from, to]] of stored.entries()) {
        expect(Number(from)).toBe(index === 0 ? 1 : Number(stored[index - 1]?.[2]) + 1);
        expect(Number(to)).toBeGreaterThanOrEqual(Number(from));
      }
    }),
    { numRuns: 60 },
  );
  await catalog.close();
});
