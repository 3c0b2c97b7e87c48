import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardView } from '../catalog/views.ts';
import { galleryData, galleryPage, inGalleryOrder } from './gallery.ts';
import { pushScript, setScript } from './script-data.ts';

function card(fileId: number, name: string, more: Partial<CardView> = {}): CardView {
  return {
    fileId,
    path: `/m/${fileId}.safetensors`,
    relativePath: `${fileId}.safetensors`,
    folder: '',
    stem: String(fileId),
    size: 10,
    modifiedAt: 1000,
    addedAt: 2000,
    state: 'found',
    removed: false,
    lastSeenAt: undefined,
    headerWarning: false,
    described: false,
    fileless: false,
    likely: false,
    modelId: 1,
    siteFileId: undefined,
    versionId: 2,
    name,
    versionName: 'v1',
    type: 'LORA',
    baseModel: undefined,
    creator: undefined,
    tags: [],
    trainedWords: [],
    nsfwLevel: 1,
    downloads: undefined,
    thumbsUp: undefined,
    publishedAt: undefined,
    updatedAt: undefined,
    hasUpdate: false,
    duplicate: false,
    about: '',
    cover: undefined,
    ...more,
  };
}

const href = (path: string): string => path.slice(3);
const data = (cards: readonly CardView[]) => [
  ...galleryData(
    cards,
    href,
    (path) => `${href(path)}.html`,
    () => undefined,
  ),
];

interface Shard {
  readonly head: { readonly count: number };
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

interface Window {
  readonly civitariumCards: readonly Shard[];
  readonly civitariumNav: readonly unknown[];
}

/** What the browser holds after the scripts ran. */
function run(files: readonly { bytes: string }[]): Window {
  const window: Record<string, unknown[]> = {};
  for (const { bytes } of files) vm.runInNewContext(bytes, { window });
  return JSON.parse(JSON.stringify(window)) as Window;
}

describe('the gallery data', () => {
  it('is the same, byte for byte, whatever order the cards come in', () => {
    const cards = [card(1, 'b'), card(2, 'a 10'), card(3, 'a 9'), card(4, 'b')];

    expect(data(cards)).toEqual(data(cards.toReversed()));
    expect(inGalleryOrder(cards).map(({ fileId }) => fileId)).toEqual([3, 2, 1, 4]);
  });

  it('lists id, page and name for the pages in gallery order', () => {
    const nav = run(data([card(2, 'b'), card(1, 'a')])).civitariumNav;

    expect(nav).toEqual([
      [1, '1.safetensors.html', 'a'],
      [2, '2.safetensors.html', 'b'],
    ]);
  });

  it('comes in shards when there is much, the first telling of the rest', () => {
    const files = data(Array.from({ length: 5001 }, (_, index) => card(index + 1, 'same')));

    expect(files.map(({ name }) => name)).toEqual([
      'cards.js',
      'cards-2.js',
      'about-1.js',
      'about-2.js',
      'nav.js',
    ]);
    const shards = run(files).civitariumCards;
    expect(shards.map((shard) => shard.columns['id']?.length)).toEqual([5000, 1]);
    expect(shards[0]?.head).toMatchObject({
      count: 5001,
      shards: ['cards-2.js'],
      about: ['about-1.js', 'about-2.js'],
    });
  });

  it('exists for an empty library too', () => {
    expect(run(data([])).civitariumCards[0]?.head.count).toBe(0);
  });

  it('turns no folder name into a scheme', () => {
    const files = [
      ...galleryData(
        [card(1, 'a')],
        href,
        () => 'javascript:alert(1).html',
        () => '//example.org/x.webp',
      ),
    ];
    const columns = run(files).civitariumCards[0]?.columns;

    expect(columns?.['page']).toEqual(['./javascript:alert(1).html']);
    expect(columns?.['thumb']).toEqual(['.///example.org/x.webp']);
  });

  it('brings any value through a classic script unchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const scripts = [{ bytes: setScript('a', texts) }, { bytes: pushScript('b', texts) }];

        expect(run(scripts)).toEqual({
          a: JSON.parse(JSON.stringify(texts)),
          b: [JSON.parse(JSON.stringify(texts))],
        });
      }),
    );
  });
});

describe('the gallery page', () => {
  it('escapes its title, forbids all that is not its own, and says what to do without scripts', () => {
    const page = galleryPage({ title: '</title><script>x</script>', assets: 'gallery.files/' });

    expect(page).toContain('&lt;/title&gt;&lt;script&gt;');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('<noscript>');
    expect(page).not.toMatch(/<script(?![^>]*src="gallery\.files\/)/);
  });
});
