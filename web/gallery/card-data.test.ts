import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FLAGS as WRITTEN_FLAGS } from '../../src/pages/card-columns.ts';
import { galleryData, inGalleryOrder } from '../../src/pages/gallery.ts';
import { sampleCards } from '../../test/sample-gallery.ts';
import { FLAGS, readAbout, readCards, readHead } from './card-data.ts';

const views = inGalleryOrder(sampleCards(5003, '/models'));
const files = [
  ...galleryData(
    views,
    (path) => path.slice(1),
    (path) => `${path.slice(1)}.html`,
    (card) => (card.cover === undefined ? undefined : `thumbs/${card.fileId}.webp`),
  ),
];

/** What the scripts leave in the window. */
function pushed(): { cards: unknown; about: unknown } {
  const window: Record<string, unknown> = {};
  for (const { bytes } of files) vm.runInNewContext(bytes, { window });
  const plain = JSON.parse(JSON.stringify(window)) as Record<string, unknown>;
  return { cards: plain['civitariumCards'], about: plain['civitariumAbout'] };
}

describe('the data of the gallery', () => {
  it('comes back as it was written, over all shards', () => {
    const { cards: shards, about } = pushed();
    const head = readHead(shards);
    const cards = readCards(shards, head);
    const texts = readAbout(about, head);

    expect(cards.count).toBe(views.length);
    for (const at of [0, 17, 4999, 5000, 5002]) {
      const view = views[at];
      expect({
        id: cards.id[at],
        name: cards.name[at],
        version: cards.version[at],
        path: cards.path[at],
        size: cards.size[at],
        downloads: cards.downloads[at],
        type: cards.words.type[cards.type[at] ?? -1],
        creator: cards.words.creator[cards.creator[at] ?? -1],
        tags: cards.tags[at]?.map((tag) => cards.words.tag[tag]),
        triggers: cards.triggers[at],
        page: cards.page[at],
        about: texts[at],
      }).toEqual({
        id: view?.fileId,
        name: view?.name,
        version: view?.versionName ?? '',
        path: view?.relativePath,
        size: view?.size,
        downloads: view?.downloads ?? -1,
        type: view?.type,
        creator: view?.creator,
        tags: view?.tags,
        triggers: view?.trainedWords,
        page: `${view?.path.slice(1)}.html`,
        about: view?.about,
      });
    }
  });

  it('reads the flags that were written', () => {
    expect(FLAGS).toEqual(WRITTEN_FLAGS);
  });

  it.each([
    undefined,
    null,
    [],
    [{}],
    [{ head: { version: 2, words: {} } }],
    'text',
    [{ index: 0, head: { version: 1 } }],
  ])('refuses data of another version with a sentence: %j', (value) => {
    expect(() => readHead(value)).toThrow('not of its version');
  });

  it('refuses data with a shard missing or a list spoilt', () => {
    const shards = pushed().cards as { columns: Record<string, unknown> }[];
    const head = readHead(shards);

    expect(() => readCards(shards.slice(0, 1), head)).toThrow('missing');
    const spoilt = shards.map((shard) => ({ ...shard, columns: { ...shard.columns, size: ['x'] } }));
    expect(() => readCards(spoilt, head)).toThrow('spoilt list: size');
  });
});
