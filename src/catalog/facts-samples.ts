/** Facts and library rows for tests: whole and plausible, with only what a test is about spelled out. */
import type { Insertable } from 'kysely';

import type { ImageFacts, ModelFacts, VersionFacts, VersionFileFacts } from './facts.ts';
import type { Catalog } from './open.ts';
import type { FileTable } from './schema.ts';
import { upsert } from './upsert.ts';

const NO_COUNTERS = {
  downloads: undefined,
  thumbsUp: undefined,
  thumbsDown: undefined,
  comments: undefined,
  tipped: undefined,
  rating: undefined,
  ratingCount: undefined,
  favorites: undefined,
};

/** A model of which the answer says little. */
export function modelFacts(
  given: Partial<Omit<ModelFacts, 'stats'>> & { stats?: Partial<ModelFacts['stats']> } = {},
): ModelFacts {
  return {
    id: 1,
    name: 'Ink Wash',
    type: 'LORA',
    description: undefined,
    creator: undefined,
    tags: undefined,
    nsfw: false,
    nsfwLevel: undefined,
    poi: undefined,
    minor: undefined,
    mode: undefined,
    availability: undefined,
    allowNoCredit: undefined,
    allowDerivatives: undefined,
    allowDifferentLicense: undefined,
    commercialUse: undefined,
    ...given,
    stats: { ...NO_COUNTERS, ...given.stats },
  };
}

/** A version of which the answer says little. */
export function versionFacts(given: Partial<VersionFacts> = {}): VersionFacts {
  return {
    id: 10,
    modelId: 1,
    name: 'v1',
    position: undefined,
    baseModel: undefined,
    baseModelType: undefined,
    description: undefined,
    trainedWords: [],
    nsfwLevel: undefined,
    air: undefined,
    status: undefined,
    availability: undefined,
    usageControl: undefined,
    publishedAt: undefined,
    createdAt: undefined,
    updatedAt: undefined,
    earlyAccessUntil: undefined,
    downloads: undefined,
    thumbsUp: undefined,
    thumbsDown: undefined,
    files: undefined,
    images: undefined,
    ...given,
  };
}

/** A scanned safetensors file. */
export function versionFileFacts(given: Partial<VersionFileFacts> = {}): VersionFileFacts {
  return {
    id: 100,
    name: 'ink.safetensors',
    type: 'Model',
    sizeBytes: 1000,
    format: 'SafeTensor',
    precision: undefined,
    extent: undefined,
    quant: undefined,
    primary: true,
    pickleScan: undefined,
    virusScan: undefined,
    scannedAt: undefined,
    hashes: {},
    ...given,
  };
}

/** A picture. */
export function imageFacts(given: Partial<ImageFacts> = {}): ImageFacts {
  return {
    id: undefined,
    uuid: undefined,
    url: 'https://image.example/a.jpeg',
    media: 'image',
    width: 512,
    height: 768,
    nsfwLevel: 1,
    blurhash: undefined,
    postId: undefined,
    username: undefined,
    createdAt: undefined,
    versionIds: [],
    generation: undefined,
    ...given,
  };
}

interface SampleFile {
  /** Relative to the root. */
  readonly path: string;
  readonly sha256?: string;
  /** Absolute path of the root; `/models` when left out. */
  readonly root?: string;
  readonly size?: number;
  readonly inode?: string;
  readonly gone?: boolean;
}

/** Puts files into the catalog, as a scan would; equal `sha256` means one blob. */
export async function addLibrary(
  catalog: Catalog,
  files: readonly SampleFile[],
): Promise<{ fileId: number; blobId: number; rootId: number }[]> {
  return catalog.write(async (trx) => {
    await upsert(trx, 'host', [{ id: 'h', name: 'h', first_seen_at: 1 }], { key: ['id'] });
    const roots = [...new Set(files.map((file) => file.root ?? '/models'))];
    const rootRows = roots.map((path) => ({ host_id: 'h', path, added_at: 1 }));
    await upsert(trx, 'root', rootRows, { key: ['host_id', 'path'] });
    const hashes = new Map(
      files.flatMap(({ sha256, size }) => (sha256 === undefined ? [] : [[sha256, size ?? 1000] as const])),
    );
    const blobRows = [...hashes].map(([sha256, size]) => ({ sha256, size, first_seen_at: 1 }));
    await upsert(trx, 'blob', blobRows, { key: ['sha256'] });
    const rootIds = new Map(
      (await trx.selectFrom('root').select(['id', 'path']).execute()).map((row) => [row.path, row.id]),
    );
    const blobIds = new Map(
      (await trx.selectFrom('blob').select(['id', 'sha256']).execute()).map((row) => [row.sha256, row.id]),
    );
    const fileRows = files.map((file) =>
      sampleRow(file, rootIds.get(file.root ?? '/models') ?? 0, blobIds.get(file.sha256 ?? '') ?? null),
    );
    await upsert(trx, 'file', fileRows, { key: ['root_id', 'path_key'] });
    const rows = await trx.selectFrom('file').select(['id', 'root_id', 'path']).execute();
    const fileIds = new Map(rows.map((row) => [`${row.root_id} ${row.path}`, row.id]));
    return fileRows.map((row) => ({
      fileId: fileIds.get(`${row.root_id} ${row.path}`) ?? 0,
      blobId: row.blob_id ?? 0,
      rootId: row.root_id,
    }));
  });
}

function sampleRow(
  file: SampleFile,
  rootId: number,
  blobId: number | null,
): Insertable<FileTable> & { blob_id: number | null } {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return {
    root_id: rootId,
    path: file.path,
    path_key: file.path,
    raw_path: null,
    name,
    stem: dot > 0 ? name.slice(0, dot) : name,
    ext: dot > 0 ? name.slice(dot).toLowerCase() : '',
    folder: file.path.slice(0, Math.max(0, file.path.lastIndexOf('/'))),
    size: file.size ?? 1000,
    mtime_ns: '1500000000123456789',
    ctime_ns: '1500000000123456789',
    device: '1',
    inode: file.inode ?? `${rootId} ${file.path}`,
    blob_id: blobId,
    state: file.gone === true ? 'gone' : 'present',
    first_seen_at: 1,
    seen_at: 1,
  };
}
