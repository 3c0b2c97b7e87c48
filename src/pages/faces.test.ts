import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleCards, sampleImages } from '../../test/sample-gallery.ts';
import type { CollectedImageView } from '../catalog/collected-image.ts';
import { creatorPage } from './creator-page.ts';
import { creatorFile, madeFile, postFile } from './face-names.ts';
import type { FaceLinks } from './face-parts.ts';
import { ImageColumns } from './image-columns.ts';
import { imagesPage } from './images-page.ts';
import { MadeWith } from './made-with.ts';
import { postPage } from './post-page.ts';

const links: FaceLinks = {
  assets: '../',
  gallery: '../../gallery.html',
  images: '../images.html',
  hrefOf: (path) => `../..${path.split('/').map(encodeURIComponent).join('/')}`,
  pageOf: (path) => `../../pages${path}.html`,
  pageOfVersion: (id) => (id === 5001 ? '../../ink.html' : undefined),
  thumbOf: (path) => `../thumbs${path}.webp`,
  creatorPage: (name) => `../${creatorFile(name)}`,
  imagePage: (id) => `../image.html#id=${id}`,
  postPage: (id) => `../${postFile(id)}`,
  siteUrl: 'https://civitai.com',
};

function images(count: number, more: Partial<CollectedImageView> = {}): CollectedImageView[] {
  const paths = Array.from({ length: count }, (_, index) => `/Posts/${index}.webp`);
  return sampleImages(paths).map((image, index) => ({
    ...image,
    heldPath: paths[index] ?? '',
    postId: 77,
    username: 'Ada',
    createdAt: Date.UTC(2026, 0, 2 + index),
    ...more,
  }));
}

function run(script: string): Record<string, unknown> {
  const window: Record<string, unknown> = {};
  vm.runInNewContext(script, { window, JSON });
  return window;
}

describe('file names of creators', () => {
  it('are good everywhere, the same for each spelling, and different for different creators', () => {
    expect(creatorFile('Ada_99')).toBe('creators/ada_99.html');
    expect(creatorFile('ADA_99')).toBe('creators/ada_99.html');
    for (const name of ['con', 'nul', '..', '', 'a/b', 'Ærø', '<b>', 'x'.repeat(300), 'javascript:x'])
      expect(creatorFile(name)).toMatch(/^creators\/[a-z0-9_]*-[0-9a-f]{8}\.html$/);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        if (one.normalize('NFC').toLowerCase() === other.normalize('NFC').toLowerCase()) return;
        if (!one.isWellFormed() || !other.isWellFormed()) return;
        expect(creatorFile(one)).not.toBe(creatorFile(other));
      }),
    );
  });
});

describe('the page of a post', () => {
  it('shows every image small, with a link to the original, and how each was made', () => {
    const page = postPage({ id: 77, title: undefined, images: images(3) }, links);

    expect(page).toContain('<h1 dir="auto">Post 77</h1>');
    expect(page).toContain('href="../creators/ada.html"');
    expect(page).toContain('3 images');
    expect(page.match(/class="shot"/g)).toHaveLength(3);
    expect(page).toContain('src="../thumbs/Posts/1.webp.webp"');
    expect(page).toContain('href="../../Posts/1.webp"');
    expect(page).toContain('harbour at night, ink wash, wet paper, soft edges, number 2');
    expect(page).toContain('href="../image.html#id=702"');
    expect(page).toContain('href="../../ink.html"');
    expect(page).not.toMatch(/<(?:img|video)[^>]*src="https?:/);
  });

  it('has the title and the variants that there are, and is the same for the same post', () => {
    const post = {
      id: 77,
      title: 'Quays <by> night',
      images: images(1, { variants: [['prompt', 'harbour,']] }),
    };

    const page = postPage(post, links);

    expect(page).toContain('Quays &lt;by&gt; night');
    expect(page).toContain('prompt, filtered');
    expect(postPage(structuredClone(post), links)).toBe(page);
  });
});

describe('the page of a creator', () => {
  it('leads to the models, the posts and the images that are held', () => {
    const models = sampleCards(30, '/models').filter(({ cover }) => cover !== undefined);
    const posts = [{ id: 77, title: undefined, images: 3, nsfwLevel: 8, cover: '/Posts/1.webp' }];

    const page = creatorPage({ name: 'Ada', isOfSite: true, models, posts, images: 3, coverage: [] }, links);

    expect(page).toContain(`${models.length} model files, 1 post, 3 images kept here`);
    for (const { path } of models) expect(page).toContain(`pages${path}.html`);
    expect(page).toContain('href="../posts/77.html"');
    expect(page).toContain('data-level="4"');
    expect(page).toContain('href="../images.html#creator=Ada"');
    expect(page).toContain('href="https://civitai.com/user/Ada"');
  });

  it('says how much of what the site has is kept, and of what nobody told that it is unknown', () => {
    const coverage = [
      { kind: 'models', announced: 14, seen: 12, isWhole: true, fates: { held: 11, filtered: 0, refused: 1, failed: 0 } },
      { kind: 'images', announced: undefined, seen: 1200, isWhole: false, fates: undefined },
    ] as const; // prettier-ignore
    const page = creatorPage({ name: 'Ada', isOfSite: true, models: [], posts: [], images: 0, coverage }, links); // prettier-ignore

    expect(page).toContain('12 seen of 14 announced · 11 kept · 1 refused');
    expect(page).toContain('1,200 seen of an unknown number · what came of them is unknown');
    expect(page).toContain('there may be more');
  });

  it('leads nowhere on the site for a name that the site does not know', () => {
    const view = { name: 'me & "you"', isOfSite: false, models: [], posts: [], images: 0, coverage: [] };

    const page = creatorPage(view, { ...links, images: undefined });

    expect(page).toContain('me &amp; &quot;you&quot;');
    expect(page).not.toContain('civitai.com');
    expect(page).not.toContain('images.html');
  });
});

describe('the data of images', () => {
  const words = {
    version: (id: number) =>
      id === 5001 ? { id, label: 'Ink', type: 'LORA', baseModel: 'SDXL' } : undefined,
    pageOfVersion: (id: number) => (id === 5001 ? '../ink.html' : undefined),
    titleOfPost: () => 'Quays',
  };
  const written = (count: number) => {
    const columns = new ImageColumns(words);
    const files = images(count).flatMap((view) => columns.add({ view, file: `../${view.id}.webp`, thumb: `thumbs/${view.id}` })); // prettier-ignore
    return [...files, ...columns.end()];
  };

  it('has a card for each image, and prompts and details in files of a few hundred', () => {
    const files = new Map(written(1203).map(({ name, bytes }) => [name, bytes]));

    expect([...files.keys()].toSorted()).toEqual([
      'image-cards-1.js',
      ...[1, 2, 3].map((part) => `image-details-${part}.js`),
      ...[1, 2, 3].map((part) => `image-texts-${part}.js`),
    ]);
    const [cards] = run(files.get('image-cards-1.js') ?? '')['civitariumImages'] as [
      { head: Record<string, unknown>; columns: Record<string, unknown[]> },
    ];
    expect(cards.head).toMatchObject({
      count: 1203,
      parts: 3,
      creators: [['Ada', 'creators/ada.html']],
      posts: [[77, 'Quays']],
      versions: [[5001, 'Ink', 'LORA', '../ink.html']],
      bases: ['SDXL'],
    });
    expect(cards.columns['id']).toHaveLength(1203);
    expect(cards.columns['level']?.slice(0, 3)).toEqual([1, 1, 4]);
    const [part] = run(files.get('image-details-3.js') ?? '')['civitariumImageDetails'] as [
      { index: number; details: unknown[][] },
    ];
    expect(part.index).toBe(2);
    expect(part.details).toHaveLength(203);
    expect(part.details[202]?.slice(0, 2)).toEqual(['../1902.webp', 'photograph, blurry']);
  });

  it('changes no earlier file when newer images come', () => {
    const before = new Map(written(1000).map(({ name, bytes }) => [name, bytes]));
    const after = new Map(written(1010).map(({ name, bytes }) => [name, bytes]));

    for (const name of ['image-texts-1.js', 'image-details-1.js', 'image-texts-2.js', 'image-details-2.js'])
      expect(after.get(name)).toBe(before.get(name));
  });

  it('cuts a prompt of a megabyte', () => {
    const columns = new ImageColumns(words);
    const [view] = images(1, { prompt: '😀'.repeat(500_000) });
    if (view === undefined) throw new Error('no image');
    columns.add({ view, file: 'x', thumb: undefined });

    const texts = columns.end().find(({ name }) => name === 'image-texts-1.js')?.bytes ?? '';

    expect(texts.length).toBeLessThan(50_000);
    expect(texts.isWellFormed()).toBe(true);
  });
});

describe('what images were made with', () => {
  it('is told of held versions, the newest image first, and counts all', () => {
    const made = new MadeWith((id) => id === 5001);
    for (const view of images(40)) made.add(view, undefined);
    made.add({ ...(images(1)[0] as CollectedImageView), resources: [{ name: 'x', type: '', weight: '', versionId: 6 }] }, ''); // prettier-ignore

    const [file, ...others] = made.files(() => 'Ink');

    expect(made.versions()).toEqual([5001]);
    expect(others).toEqual([]);
    expect(file?.name).toBe(madeFile(5001));
    const lines = run(file?.bytes ?? '')['civitariumMadeWith'] as Record<
      number,
      [number, string, number[][]]
    >;
    expect(lines[5001]?.slice(0, 2)).toEqual([40, 'Ink']);
    expect(lines[5001]?.[2].map(([id]) => id)).toEqual(Array.from({ length: 24 }, (_, at) => 739 - at));
  });
});

describe('the documents of images', () => {
  it('hold nothing of the images themselves, so that they stay as they are', () => {
    const page = imagesPage({ title: 'a & "b"', gallery: '../gallery.html', shows: 'one' });

    expect(page).toContain('data-title="a &amp; &quot;b&quot;"');
    expect(page).toContain('Content-Security-Policy');
    expect(page).not.toMatch(/<script(?![^>]*src=)/);
  });
});
