import { describe, expect, it } from 'vitest';
import { isSameButStats } from './model-meta.ts';

describe('isSameButStats', () => {
  const meta = { modelId: 1, stats: { downloadCount: 5 }, version: { trainedWords: ['ink'] } };

  it('is true of what differs in counters alone', () => {
    expect(isSameButStats(meta, { ...meta, stats: { downloadCount: 6 } })).toBe(true);
  });

  it.each([
    { ...meta, version: { trainedWords: ['ink', 'wash'] } },
    { ...meta, modelName: 'Ink' },
    undefined,
    [],
  ])('is false of what says something else: %j', (other) => {
    expect(isSameButStats(meta, other)).toBe(false);
  });
});
