import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withChoice } from '../browse/view-hash.ts';
import { SORTS } from './sort.ts';
import { FACET_NAMES, formatHash, isWholeOrder, parseHash, type ViewState, WHOLE } from './view-state.ts';

const labels = fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 3 });
const choice = fc
  .record({ with: labels, without: labels })
  .filter((one) => one.with.length + one.without.length > 0);
const view: fc.Arbitrary<ViewState> = fc.record({
  query: fc.string({ unit: 'grapheme' }),
  choices: fc.dictionary(fc.constantFrom(...FACET_NAMES), choice, { noNullPrototype: true }),
  sort: fc.constantFrom(...SORTS.map(([name]) => name)),
  falling: fc.boolean(),
  layout: fc.constantFrom('grid', 'list'),
});

describe('the view in the URL', () => {
  it('comes back from the hash as it went in', () => {
    fc.assert(
      fc.property(view, (one) => {
        expect(parseHash(`#${formatHash(one)}`).view).toEqual(one);
      }),
    );
  });

  it('is empty for the whole gallery, and reads any text without harm', () => {
    expect(formatHash(WHOLE)).toBe('');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (hash) => {
        expect(typeof parseHash(hash).view.query).toBe('string');
      }),
    );
    expect(parseHash('#sort=__proto__&view=x&dir=z&at=1e99').view).toEqual(WHOLE);
  });

  it('tells the file to stand on', () => {
    expect(parseHash('#type=LORA&at=12').at).toBe(12);
    expect(parseHash('#type=LORA').at).toBeUndefined();
  });

  it('chooses, turns round and frees a value by clicks', () => {
    const once = withChoice({}, 'type', 'LORA', 'with');
    const against = withChoice(once, 'type', 'LORA', 'without');

    expect(once).toEqual({ type: { with: ['LORA'], without: [] } });
    expect(against).toEqual({ type: { with: [], without: ['LORA'] } });
    expect(withChoice(against, 'type', 'LORA', 'without')).toEqual({});
  });

  it('knows when the order is that of the data', () => {
    expect(isWholeOrder({ ...WHOLE, layout: 'list' })).toBe(true);
    expect(isWholeOrder({ ...WHOLE, falling: true })).toBe(false);
    expect(isWholeOrder({ ...WHOLE, query: 'x' })).toBe(false);
  });

  it('says nothing of the order that is usual, whichever that is', () => {
    const byDownloads = { ...WHOLE, sort: 'downloads', falling: true } as const;
    expect(formatHash(byDownloads, 'downloads')).toBe('');
    expect(parseHash('', 'downloads').view).toEqual(byDownloads);
    expect(parseHash(`#${formatHash(WHOLE, 'downloads')}`, 'downloads').view).toEqual(WHOLE);
  });
});
