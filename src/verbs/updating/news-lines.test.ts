import { describe, expect, it } from 'vitest';
import type { ChangedField, News, NewVersion } from '../../archive/what-changed.ts';
import type { ModelId, VersionId } from '../../base/ids.ts';
import { newsLines } from './news-lines.ts';

const SITE = 'https://civitai.com';

function changed(field: string, before: string | null, after: string | null, version?: string): ChangedField {
  const kind = version === undefined ? 'model' : 'version';
  return { kind, id: 7, modelId: 7 as ModelId, name: 'Ink', model: 'Ink', version, field, before, after };
}

function out(more: Partial<NewVersion> = {}): NewVersion {
  return {
    modelId: 7 as ModelId,
    versionId: 70 as VersionId,
    model: 'Ink',
    name: 'v4',
    have: ['v2', 'v1'],
    newer: true,
    publishedAt: Date.UTC(2026, 0, 5),
    ...more,
  };
}

function lines(changes: readonly ChangedField[], newVersions: readonly NewVersion[] = []): string[] {
  const models = new Set([...changes, ...newVersions].map((one) => one.modelId));
  const news: News = { models, changes, newVersions, outdated: 0 };
  return newsLines(news, SITE);
}

describe('newsLines', () => {
  it('says under the name of a model what changed, field by field', () => {
    expect(
      lines([
        changed('name', 'Inc', 'Ink'),
        changed('tags', '["old","same"]', '["same","new"]'),
        changed('nsfw', '0', '1'),
        changed('trained_words', '["ink"]', '["ink","wash"]', 'v2'),
        changed('trained_words', '["a","b"]', '["b","a"]', 'v2'),
        changed('published_at', '2026-01-05T10:00:00.000Z', '2026-02-06T10:00:00.000Z', 'v2'),
      ]),
    ).toEqual([
      'Ink',
      '  name was "Inc", is "Ink"',
      '  tags + new - old',
      '  marked mature was "no", is "yes"',
      '  v2: trained words + wash',
      '  v2: trained words in another order',
      '  v2: published was "2026-01-05", is "2026-02-06"',
      '',
    ]);
  });

  it('shows of a description the words that differ, without its markup', () => {
    const text = (word: string): string => `<p>One two three <b>four</b> ${word} five six seven eight</p>`;
    expect(lines([changed('description', text('old'), text('new'))])[1]).toBe(
      '  description was "… two three four old five six seven …", is "… two three four new five six seven …"',
    );
    expect(lines([changed('description', '<p>Same</p>', '<h1>Same</h1>')])[1]).toBe(
      '  description looks different, with the same words',
    );
  });

  it('names files that came, went or are called otherwise', () => {
    expect(
      lines([
        changed('file:1', null, 'ink.safetensors', 'v2'),
        changed('file:2', 'ink.ckpt', null, 'v2'),
        changed('file:3', 'a.pt', 'b.pt', 'v2'),
      ]).slice(1, 4),
    ).toEqual(['  v2: file + ink.safetensors', '  v2: file - ink.ckpt', '  v2: file a.pt is called b.pt']);
  });

  it('says which version one has and which is out, since when and where', () => {
    expect(lines([], [out()])).toEqual([
      'Ink',
      '  you have v2, v1; v4 is out since 2026-01-05  https://civitai.com/models/7?modelVersionId=70',
      '',
    ]);
    expect(lines([], [out({ newer: false, name: 'v0' })])[1]).toMatch(
      /^ {2}v0 was added, published 2026-01-05 /,
    );
  });

  it('sums up what is too much to read', () => {
    const many = Array.from({ length: 30 }, (_, at) => ({
      ...changed('name', 'a', 'b'),
      modelId: at as ModelId,
    }));
    const shown = lines(many);
    expect(shown).toHaveLength(25 * 2 + 2);
    expect(shown.at(-2)).toBe('… and 5 more models; civitarium update --json has all');
    const about = lines(Array.from({ length: 12 }, () => changed('name', 'a', 'b'.repeat(500))));
    expect(about).toHaveLength(1 + 8 + 1 + 1);
    expect(about[9]).toBe('  … and 4 more; its page has them');
    expect(Math.max(...about.map((line) => line.length))).toBeLessThan(130);
  });

  it('says nothing when nothing is new', () => {
    expect(lines([])).toEqual([]);
  });
});
