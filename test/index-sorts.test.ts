import { expect, it } from 'vitest';
import { INDEX_SORTS } from '../src/config/schema-shared.ts';
import { SORTS } from '../web/gallery/sort.ts';

it('the configuration names the sorts of the gallery, no more and no fewer', () => {
  expect([...INDEX_SORTS]).toEqual(SORTS.map(([name]) => name));
});
