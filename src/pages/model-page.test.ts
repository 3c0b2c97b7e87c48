import { describe, expect, it } from 'vitest';
import { sampleCards, sampleImages, sampleView } from '../../test/sample-gallery.ts';
import type { KnownView, ModelFileView } from '../catalog/views.ts';
import { modelPage } from './model-page.ts';
import type { PageLinks } from './page-links.ts';

const links: PageLinks = {
  assets: '../gallery.files/',
  gallery: '../gallery.html',
  hrefOf: (path) => path.split('/').map(encodeURIComponent).join('/').slice(1),
  pageOf: (path) => `pages${path}.html`,
  siteUrl: 'https://civitai.com',
};

const cards = sampleCards(60, '/models');

function view(changes: Partial<KnownView> = {}, more: Partial<ModelFileView> = {}): ModelFileView {
  const card = cards.find(({ type, state }) => type === 'LORA' && state === 'found');
  if (card === undefined) throw new Error('no LORA in the sample');
  const full = sampleView(card, sampleImages(['/models/a.webp', '/models/b #1.webp']));
  if (full.known === undefined) throw new Error('an unknown sample');
  return { ...full, known: { ...full.known, ...changes }, ...more };
}

function unknown(more: Partial<ModelFileView> = {}): ModelFileView {
  const card = cards.find(({ modelId }) => modelId === undefined);
  if (card === undefined) throw new Error('no unknown file in the sample');
  return { ...sampleView(card, []), ...more };
}

const words = (page: string): string =>
  page
    .replace(/<(?:script|title)[\s\S]*?<\/(?:script|title)>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('a model page', () => {
  it('is the same for the same view, byte for byte', () => {
    expect(modelPage(view(), links)).toBe(modelPage(structuredClone(view()), links));
  });

  it('shows names, type, base model, creator, tags, trigger words and how to use it', () => {
    const shown = view();
    const page = modelPage(shown, links);
    const { known } = shown;

    for (const text of [
      known?.modelName,
      known?.versionName,
      'LORA',
      known?.baseModel,
      known?.creator,
      ...(known?.tags ?? []),
    ]) {
      expect(words(page)).toContain(text);
    }
    expect(page).toContain(`data-triggers="${known?.trainedWords.join(', ')}"`);
    expect(page).toContain(`data-copy="&lt;lora:${shown.stem}:0.8&gt;"`);
  });

  it('says hidden for a hidden counter and unknown for one never told, and no rating without one', () => {
    const text = words(
      modelPage(view({ downloads: null, comments: undefined, versionDownloads: undefined }), links),
    );

    expect(text).toContain('downloads hidden');
    expect(text).toContain('comments unknown');
    expect(text).not.toMatch(/rating \d|favourites/);
    expect(words(modelPage(view({ rating: 4.5, ratingCount: 1200, favorites: 7 }), links))).toMatch(
      /rating 4\.50 from 1,200.*favourites 7/,
    );
  });

  it('links to the site by version id, and to nothing but the site and local files', () => {
    const shown = view();
    const page = modelPage(shown, links);

    expect(page).toContain(
      `href="https://civitai.com/models/${shown.known?.modelId}?modelVersionId=${shown.known?.versionId}"`,
    );
    expect(page).toContain(`https://civitai.com/api/download/models/${shown.known?.versionId}`);
    for (const [, url] of page.matchAll(/(?:src|poster)="([^"]*)"/g)) expect(url).not.toMatch(/^[a-z]+:/);
    expect(page).toContain('src="models/a.webp"');
    expect(page).toContain('models/b%20%231.webp');
  });

  it('names what is newer than ours, and every candidate with the chosen one', () => {
    const text = words(modelPage(view(), links));

    expect(text).toMatch(/v9 is out/);
    expect(text).toMatch(/yours/);
    expect(text).toMatch(/one of 2 versions with these bytes/);
    expect(text).toMatch(/chosen/);
  });

  it('shows no remote picture for a preview that is not held, only that it exists', () => {
    const [image] = sampleImages(['/models/a.webp']);
    if (image === undefined) throw new Error('no image');
    const page = modelPage(view({ images: [{ ...image, heldPath: undefined }] }), links);

    expect(page).not.toContain('<img');
    expect(words(page)).toContain('1 preview is known, none is kept here');
    expect(words(page)).toContain('Not kept here');
  });

  it('says of a removed model when it was last seen and what is kept', () => {
    const page = modelPage(view({}, { state: 'removed', lastFoundAt: Date.UTC(2026, 1, 3) }), links);

    expect(page).toContain('banner-removed');
    expect(words(page)).toMatch(
      /Removed from Civitai\. Last seen 2026-02-03 \. Kept here: the file, its description and trigger words, 2 previews/,
    );
  });

  it('says when the model or our version of it is gone while the bytes are still known', () => {
    const text = (changes: Partial<KnownView>): string => words(modelPage(view(changes), links));

    expect(text({ modelState: 'removed' })).toContain('The model was removed from Civitai.');
    expect(text({ versionState: 'removed' })).toContain('This version was removed from Civitai.');
    expect(text({ modelState: 'found', versionState: 'found' })).not.toContain('removed from Civitai');
  });

  it('says why the file counts as one of several versions, and how to settle it otherwise', () => {
    const text = words(modelPage(view({ choiceReason: 'same name and size' }), links));

    expect(text).toContain('chosen same name and size');
    expect(text).toContain('civitarium pin');
    expect(words(modelPage(view({ choiceReason: 'pinned by you', pinned: true }), links))).toContain(
      'You settled which one it counts as.',
    );
  });

  it('says how to fetch the previews that are only known', () => {
    const [image] = sampleImages(['/models/a.webp']);
    if (image === undefined) throw new Error('no image');
    const page = modelPage(view({ images: [image, { ...image, id: 2, heldPath: undefined }] }), links);

    expect(words(page)).toMatch(/1 more is known but not kept here: how it was made/);
    expect(page).toContain('data-copy="--images all"');
  });

  it('tells of a file the site does not know what its header tells', () => {
    const page = modelPage(unknown(), links);

    expect(words(page)).toContain('Not on Civitai');
    expect(words(page)).toContain('Tags it was trained with');
    expect(words(page)).toMatch(/Likely triggers style ink/);
    expect(page).not.toContain('civitai.com');
  });

  it.each([
    ['unchecked', 'Not looked up yet'],
    ['missing', 'Not on Civitai'],
  ] as const)('says of an %s file: %s', (state, sentence) => {
    expect(words(modelPage(unknown({ state }), links))).toContain(sentence);
  });

  it('warns of a damaged header and of an unreadable file', () => {
    const text = words(
      modelPage(unknown({ headerWarning: 'Cut short.', problem: 'Permission denied.' }), links),
    );

    expect(text).toContain('The file is damaged. Cut short.');
    expect(text).toContain('The file could not be read. Permission denied.');
  });

  it('does without a gallery, and survives dates beyond the calendar', () => {
    const page = modelPage(view({ publishedAt: 1e20, updatedAt: Number.NaN }), {
      ...links,
      gallery: undefined,
    });

    expect(page).not.toContain('id="back"');
    expect(words(page)).toContain('published unknown');
  });

  it('lets no name become a scheme', () => {
    const page = modelPage(view({}, { duplicates: ['/x'] }), {
      ...links,
      pageOf: () => 'javascript:alert(1)',
    });

    expect(page).not.toContain('href="javascript:');
  });
});
