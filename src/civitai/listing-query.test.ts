import { describe, expect, it } from 'vitest';
import { fitsListing, isEverything, modelListing, tagListing } from './listing-query.ts';
import type { Model } from './shapes/types.ts';
import { parseTarget } from './target.ts';

/** What a page's address asks for, without what it does not say. */
function asked(address: string): object {
  const target = parseTarget(address);
  if (target?.kind === 'tag') return said(tagListing(target.name));
  return target?.kind === 'listing' ? said(modelListing(target.query)) : {};
}

function said(listing: object): object {
  const told = Object.entries(listing).filter(([, value]) => value !== undefined && String(value) !== '');
  return Object.fromEntries(told);
}

describe('the address of a list of models', () => {
  it.each([
    ['https://civitai.com/tag/anime', { tag: 'anime' }],
    ['https://civitai.red/tag/pixel%20art', { tag: 'pixel art' }],
    [
      'https://civitai.com/models?query=ink&types=LORA&types=DoRA&baseModels=SDXL%201.0&sort=Newest&period=Month',
      { query: 'ink', types: ['LORA', 'DoRA'], baseModels: ['SDXL 1.0'], sort: 'Newest', period: 'Month' },
    ],
    [
      'https://civitai.com/search/models?sortBy=models_v9&query=ink&modelType=LORA&baseModel=Pony&tags=style&users=Ann',
      { query: 'ink', types: ['LORA'], baseModels: ['Pony'], tag: 'style', username: 'Ann' },
    ],
    ['https://civitai.com/models?view=feed&page=3&query=ink', { query: 'ink' }],
    ['https://civitai.com/api/v1/models?tag=style&limit=5&token=secret', { tag: 'style' }],
  ])('%s', (address, listing) => {
    expect(asked(address)).toEqual(listing);
  });

  it('names what the API has no filter for', () => {
    expect(asked('https://civitai.com/models?tag=a&tag=b&fileFormats=GGUF')).toMatchObject({
      tag: 'a',
      unread: ['fileFormats', 'a second tag'],
    });
  });

  it('that narrows nothing down is told from one that does', () => {
    expect(isEverything(modelListing({ sort: ['Newest'], period: ['AllTime'] }))).toBe(true);
    expect(isEverything(modelListing({ query: [' '] }))).toBe(true);
    expect(isEverything(modelListing({ period: ['Day'] }))).toBe(false);
    expect(isEverything(tagListing('anime'))).toBe(false);
  });

  it('fits the models it means, in any letter case, and no others', () => {
    const model = { tags: ['Anime'], type: 'LORA', versions: [{ baseModel: 'Pony' }] } as unknown as Model;

    expect(fitsListing(model, tagListing('anime'))).toBe(true);
    expect(fitsListing(model, tagListing('style'))).toBe(false);
    expect(fitsListing(model, modelListing({ types: ['lora', 'DoRA'], baseModels: ['pony'] }))).toBe(true);
    expect(fitsListing(model, modelListing({ types: ['Checkpoint'] }))).toBe(false);
    expect(fitsListing(model, modelListing({ baseModels: ['SD 1.5'] }))).toBe(false);
  });
});
