/** Made-up models for the gallery's tests, pictures and benchmark: a seeded library, written as pages from disk. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import type { CardView, ImageView, KnownView, ModelFileView } from '../src/catalog/views.ts';
import { webAssets } from '../src/pages/assets.ts';
import { galleryData, galleryPage } from '../src/pages/gallery.ts';
import { modelPage } from '../src/pages/model-page.ts';

const TYPES = [
  'LORA',
  'LORA',
  'LORA',
  'Checkpoint',
  'TextualInversion',
  'LoCon',
  'VAE',
  'ControlNet',
  'DoRA',
] as const;
const BASES = ['SDXL 1.0', 'Illustrious', 'Pony', 'Flux.1 D', 'SD 1.5', 'SD 3.5', 'Wan Video'] as const;
const SUBJECTS = [
  'Ink Wash', 'Paper Cut', 'Night Harbour', 'Clay Figure', 'Risograph', 'Soft Light', 'Old Atlas', 'Fern Study', 'Tin Toy', 'Moss Garden',
  'Blue Hour', 'Woodblock', 'Glass House', 'Field Notes', 'Pressed Flowers', 'Slow Rain', 'Copper Plate', 'Winter Coast',
] as const; // prettier-ignore
const KINDS = [
  'Style',
  'XL',
  'Study',
  'Detail',
  'Mix',
  'Portrait',
  'Landscape',
  'Character',
  'Lighting',
] as const;
const TAGS = [
  'style', 'ink', 'traditional', 'landscape', 'portrait', 'light', 'botanical', 'print', 'city', 'texture', 'night', 'water', 'toy', 'map',
] as const; // prettier-ignore
const FOLDERS = [
  '',
  'lora/style',
  'lora/character',
  'checkpoints/sdxl',
  'checkpoints/flux',
  'embeddings',
] as const;

/** 2026-10-01, epoch milliseconds. */
const NOW = 1_790_812_800_000;
const DAY = 86_400_000;

/** A seeded stream of numbers in [0, 1). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** `count` made-up cards under `root`, the same for the same seed. */
export function sampleCards(count: number, root: string, seed = 7): CardView[] {
  const next = chance(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return Array.from({ length: count }, (_, index) => {
    const subject = pick(SUBJECTS);
    const unknown = next() < 0.08;
    const name = unknown
      ? `${subject.toLowerCase().replace(' ', '_')}_${index}`
      : `${subject} ${pick(KINDS)} ${index}`;
    const folder = pick(FOLDERS);
    const stem = name.toLowerCase().replaceAll(' ', '_');
    const relativePath = `${folder === '' ? '' : `${folder}/`}${stem}.safetensors`;
    const level = pick([1, 1, 1, 1, 2, 4, 8]);
    const published = NOW - Math.floor(next() * 900) * DAY;
    return {
      fileId: index + 1,
      path: join(root, ...relativePath.split('/')),
      relativePath,
      folder,
      stem,
      size: Math.floor(next() * 300e6) + 1e6,
      modifiedAt: NOW - Math.floor(next() * 300) * DAY,
      addedAt: NOW - Math.floor(next() * 100) * DAY,
      state: unknown ? 'missing' : next() < 0.04 ? 'removed' : 'found',
      removed: false,
      lastSeenAt: undefined,
      headerWarning: next() < 0.01,
      described: false,
      fileless: false,
      likely: false,
      modelId: unknown ? undefined : 1000 + index,
      siteFileId: undefined,
      versionId: unknown ? undefined : 5000 + index,
      name,
      versionName: unknown ? undefined : `v${1 + Math.floor(next() * 4)}`,
      type: unknown ? undefined : pick(TYPES),
      baseModel: unknown ? undefined : pick(BASES),
      creator: unknown ? undefined : `creator${Math.floor(next() ** 2 * 60)}`,
      tags: unknown ? [] : [...new Set([pick(TAGS), pick(TAGS), pick(TAGS)])],
      trainedWords: unknown ? [] : [subject.toLowerCase(), pick(TAGS)],
      nsfwLevel: level,
      downloads: unknown ? undefined : Math.floor(next() ** 3 * 200_000),
      thumbsUp: unknown ? undefined : Math.floor(next() ** 3 * 9000),
      publishedAt: unknown ? undefined : published,
      updatedAt: unknown ? undefined : published + DAY,
      hasUpdate: next() < 0.1,
      duplicate: next() < 0.03,
      about:
        `${subject} in the manner of old ${pick(TAGS)} prints, trained on ${20 + Math.floor(next() * 400)} pictures. `.repeat(
          5,
        ),
      cover: unknown
        ? undefined
        : {
            path: join(root, `${stem}.preview.jpeg`),
            media: next() < 0.05 ? 'video' : 'image',
            nsfwLevel: level,
            blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
            width: 832,
            height: 1216,
          },
    };
  }).map((card) => withRemoval(card as CardView));
}

function withRemoval(card: CardView): CardView {
  return card.state === 'removed' ? { ...card, removed: true, lastSeenAt: NOW - 45 * DAY } : card;
}

/** The full view of a card, as its page shows it. */
export function sampleView(card: CardView, images: readonly ImageView[]): ModelFileView {
  return {
    fileId: card.fileId,
    rootId: 1,
    path: card.path,
    relativePath: card.relativePath,
    folder: card.folder,
    name: `${card.stem}.safetensors`,
    stem: card.stem,
    ext: '.safetensors',
    size: card.size,
    modifiedAt: card.modifiedAt,
    addedAt: card.addedAt,
    sha256: 'ab12cd34'.repeat(8),
    hashes: [
      ['AutoV2', 'ab12cd34ab'],
      ['CRC32', '9f2c11de'],
    ],
    state: card.state,
    stateSince: NOW - 40 * DAY,
    lastFoundAt: card.state === 'removed' ? NOW - 45 * DAY : undefined,
    headerFormat: 'safetensors',
    headerWarning: card.headerWarning ? 'The header says 40 bytes more than the file has.' : undefined,
    problem: undefined,
    training: {
      tags: TAGS.map((tag, index) => ({ tag, count: 400 - index * 27 })),
      facts: [
        ['Base model', 'sd_xl_base_1.0'],
        ['Resolution', '1024 x 1024'],
        ['Rank', '32'],
        ['Epochs', '12'],
      ],
    },
    duplicates: [],
    known:
      card.modelId === undefined || card.versionId === undefined
        ? undefined
        : sampleKnown(card, card.modelId, card.versionId, images),
  };
}

function sampleKnown(
  card: CardView,
  modelId: number,
  versionId: number,
  images: readonly ImageView[],
): KnownView {
  return {
    modelId,
    modelName: card.name,
    type: card.type ?? 'LORA',
    mode: undefined,
    creator: card.creator,
    tags: card.tags,
    nsfw: false,
    nsfwLevel: card.nsfwLevel,
    modelDescription:
      '<h2>What it does</h2><p>Loose ink on wet paper: <strong>soft edges</strong>, visible grain, and white left white.</p><ul><li>Start at a weight of 0.7.</li><li>Works with most styles of the same base.</li></ul><p>More in the <a href="https://example.org/notes">notes</a>. <img src="https://example.org/sheet.png" alt="A sheet of samples"></p>',
    commercialUse: ['Image'],
    allowNoCredit: true,
    allowDerivatives: true,
    allowDifferentLicense: false,
    versionId,
    versionName: card.versionName ?? 'v1',
    versionDescription: '<p>Trained again from the start with better captions.</p>',
    baseModel: card.baseModel,
    trainedWords: card.trainedWords,
    publishedAt: card.publishedAt,
    createdAt: card.publishedAt,
    updatedAt: card.updatedAt,
    air: `urn:air:sdxl:lora:civitai:${modelId}@${versionId}`,
    usageControl: 'Download',
    downloads: card.downloads,
    thumbsUp: card.thumbsUp,
    thumbsDown: null,
    comments: 33,
    tipped: 120,
    rating: undefined,
    ratingCount: undefined,
    favorites: undefined,
    versionDownloads: Math.floor((card.downloads ?? 0) / 2),
    files: [
      { id: 1, name: `${card.stem}.safetensors`, type: 'Model', sizeBytes: card.size, format: 'SafeTensor', precision: 'fp16', extent: 'pruned', hashes: [['SHA256', 'ab12cd34'.repeat(8)], ['AutoV2', 'ab12cd34ab']], pickleScan: 'Success', virusScan: 'Success', primary: true, held: true },
      { id: 2, name: 'training_data.zip', type: 'Training Data', sizeBytes: 80e6, format: 'Other', precision: undefined, extent: undefined, hashes: [['CRC32', '0a0b0c0d']], pickleScan: undefined, virusScan: 'Pending', primary: false, held: false },
    ], // prettier-ignore
    versions: [
      { id: versionId + 2, name: 'v9', baseModel: card.baseModel, publishedAt: NOW - 3 * DAY, earlyAccessUntil: NOW + 4 * DAY, ours: false, newer: true, heldPath: undefined },
      { id: versionId, name: card.versionName ?? 'v1', baseModel: card.baseModel, publishedAt: card.publishedAt, earlyAccessUntil: undefined, ours: true, newer: false, heldPath: card.path },
      { id: versionId - 2, name: 'first try', baseModel: 'SD 1.5', publishedAt: NOW - 990 * DAY, earlyAccessUntil: undefined, ours: false, newer: false, heldPath: undefined },
    ], // prettier-ignore
    images,
    candidates: [
      { versionId, modelId, modelName: card.name, versionName: card.versionName ?? 'v1', chosen: true },
      {
        versionId: versionId + 9,
        modelId: modelId + 9,
        modelName: `${card.name} (again)`,
        versionName: 'v1',
        chosen: false,
      },
    ],
    changes: [{ at: NOW - 20 * DAY, field: 'trained words', before: 'ink', after: 'ink wash, brush' }],
  };
}

/** Made-up pictures with prompts, one for each path. */
export function sampleImages(paths: readonly string[]): ImageView[] {
  return paths.map((path, index) => ({
    id: 700 + index,
    url: `https://example.org/${index}.jpeg`,
    media: 'image',
    width: 416,
    height: 608,
    nsfwLevel: index === 2 ? 8 : 1,
    blurhash: undefined,
    heldPath: path,
    prompt: `harbour at night, ink wash, wet paper, soft edges, number ${index}`,
    negative: 'photograph, blurry',
    settings: [
      ['Sampler', 'DPM++ 2M Karras'],
      ['Steps', '28'],
      ['CFG scale', '5.5'],
      ['Seed', '18446744073709551615'],
    ],
    resources: [{ name: 'Ink Wash XL', type: 'lora', weight: '0.7', versionId: 5001 }],
  }));
}

/** Where a sample was written. */
export interface SampleGallery {
  /** Folder of everything. */
  readonly root: string;
  readonly galleryUrl: string;
  urlOf(path: string): string;
  readonly cards: readonly CardView[];
}

export interface SampleOptions {
  /** How many cards get a page. */
  readonly pages: number;
  readonly title?: string;
  /** Changes a view before its page is written. */
  readonly change?: (view: ModelFileView) => ModelFileView;
}

/** Writes gallery, thumbnails and pages into `root`, as the program lays them out. */
export async function writeSampleGallery(
  root: string,
  cards: readonly CardView[],
  options: SampleOptions,
): Promise<SampleGallery> {
  const files = join(root, 'gallery.files');
  await mkdir(join(files, 'thumbs'), { recursive: true });
  const thumbs = await writePictures(join(files, 'thumbs'), 24, 240, 360);
  const previews = await writePictures(files, 4, 416, 608);
  const hrefFrom = (folder: string) => (path: string) =>
    relative(folder, path).split(sep).map(encodeURIComponent).join('/');
  const fromRoot = hrefFrom(root);
  const pagePath = (modelPath: string): string => modelPath.replace(/\.safetensors$/, '.html');
  const data = galleryData(
    cards,
    fromRoot,
    (path) => fromRoot(pagePath(path)),
    (card) => (card.cover === undefined ? undefined : fromRoot(thumbs[card.fileId % thumbs.length] ?? '')),
  );
  for (const card of cards) {
    // Only ever asked for when the pointer is on the card.
    if (card.cover?.media === 'video') await writeFile(card.cover.path, new Uint8Array(2048));
  }
  for (const { name, bytes } of [...data, ...(await webAssets())]) await writeFile(join(files, name), bytes);
  await writeFile(
    join(root, 'gallery.html'),
    galleryPage({ title: options.title ?? 'Models', assets: 'gallery.files/' }),
  );
  await writeFile(
    join(root, 'index.html'),
    galleryPage({ title: options.title ?? 'Models', assets: 'gallery.files/', browser: true }),
  );
  for (const card of cards.slice(0, options.pages)) {
    const page = pagePath(card.path);
    const folder = dirname(page);
    await mkdir(folder, { recursive: true });
    const links = {
      assets: `${hrefFrom(folder)(files)}/`,
      gallery: hrefFrom(folder)(join(root, 'gallery.html')),
      hrefOf: hrefFrom(folder),
      pageOf: (path: string) => hrefFrom(folder)(pagePath(path)),
      siteUrl: 'https://civitai.com',
    };
    const view = sampleView(card, sampleImages(previews));
    await writeFile(page, modelPage(options.change?.(view) ?? view, links));
  }
  return {
    root,
    cards,
    galleryUrl: pathToFileURL(join(root, 'gallery.html')).href,
    urlOf: (path) => pathToFileURL(pagePath(path)).href,
  };
}

async function writePictures(
  folder: string,
  count: number,
  width: number,
  height: number,
): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const path = join(folder, `${width}-${index}.webp`);
      await sharp(Buffer.from(drawing(index, width, height)))
        .webp({ quality: 80 })
        .toFile(path);
      return path;
    }),
  );
}

/** A quiet made-up picture: hills under a sky. */
function drawing(index: number, width: number, height: number): string {
  const hue = (index * 47) % 360;
  const next = chance(index + 11);
  const hills = Array.from({ length: 4 }, (_, layer) => {
    const y = height * (0.4 + layer * 0.14);
    const points = Array.from(
      { length: 7 },
      (__, step) => `${(width * step) / 6},${y + (next() - 0.5) * height * 0.16}`,
    );
    return `<polygon points="0,${height} ${points.join(' ')} ${width},${height}" fill="hsl(${(hue + layer * 14) % 360} ${34 - layer * 4}% ${62 - layer * 13}%)"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="hsl(${hue} 45% 78%)"/><stop offset="1" stop-color="hsl(${(hue + 40) % 360} 50% 90%)"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#s)"/><circle cx="${width * (0.2 + next() * 0.6)}" cy="${height * 0.22}" r="${width * 0.09}" fill="hsl(${(hue + 60) % 360} 70% 94%)"/>${hills.join('')}</svg>`;
}
