import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepOrder, readOrder } from './order.ts';
import { BLUR_DEFAULT, keepSettings, parseSettings, readSettings, SIZE } from './settings.ts';

/** A browser's store, as far as it is used. */
function store(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}

describe('what the reader chose', () => {
  it('is kept and read again', () => {
    const place = store();
    const settings = { ...readSettings(place), theme: 'dark' as const, size: 320, covers: false };

    keepSettings(place, settings);

    expect(readSettings(place)).toEqual(settings);
  });

  it('is the default where there is no store or nothing sound in it: R and above blurred', () => {
    expect(readSettings(undefined).blurFrom).toBe(BLUR_DEFAULT);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const settings = parseSettings(value);
        expect(settings.size).toBeGreaterThanOrEqual(SIZE.least);
        expect(settings.size).toBeLessThanOrEqual(SIZE.most);
        expect(['auto', 'light', 'dark']).toContain(settings.theme);
      }),
    );
  });
});

describe('the order in which the gallery was left', () => {
  it('is read by the pages of that gallery only, and forgotten when nothing is filtered', () => {
    const place = store();
    const order = { gallery: '/a/gallery.html', hash: 'type=LORA', ids: [3, 1] };

    keepOrder(place, order);
    expect(readOrder(place, '/a/gallery.html')).toEqual(order);
    expect(readOrder(place, '/b/gallery.html')).toBeUndefined();
    keepOrder(place, undefined);
    expect(readOrder(place, '/a/gallery.html')).toBeUndefined();
  });
});
