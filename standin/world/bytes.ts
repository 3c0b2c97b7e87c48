import { contentMaker } from './content.ts';
import { sha256Upper, siteHashes } from './hashes.ts';
import type { Store } from './store.ts';
import type { HashType, World, WorldFile } from './types.ts';

type Bytes = Pick<World, 'bytesOf' | 'sizeOf' | 'hashesOf' | 'sha256Of' | 'filesByHash' | 'filesBySha256'>;

interface Known {
  readonly size: number;
  readonly sha256: string;
  all: Readonly<Partial<Record<HashType, string>>> | undefined;
}

/**
 * Bytes and hashes of files. Bytes are made when asked for and forgotten; SHA-256 is kept once known; the other five
 * are worked out when a listing or a search by one of them needs them.
 */
export function makeBytes(seed: number, store: Store): Bytes & { forgetIndexes(): void } {
  const make = contentMaker(seed);
  const known = new Map<string, Known>();
  const indexes: { sha256: Map<string, number[]> | undefined; others: Map<string, number[]> | undefined } = {
    sha256: undefined,
    others: undefined,
  };
  const bytesOf = (file: WorldFile): Buffer => make(file.contentKey, factsOf(store, file.contentKey));
  const knownOf = (file: WorldFile): Known => {
    const held = known.get(file.contentKey);
    if (held !== undefined) return held;
    const bytes = bytesOf(file);
    const made = { size: bytes.length, sha256: sha256Upper(bytes), all: undefined };
    known.set(file.contentKey, made);
    return made;
  };
  const hashesOf = (file: WorldFile): Readonly<Partial<Record<HashType, string>>> => {
    if (file.scan === 'Pending') return {};
    const held = knownOf(file);
    held.all ??= siteHashes(bytesOf(file), 64);
    const autoV3 = held.all.AutoV3?.slice(0, file.autoV3Digits);
    return autoV3 === undefined ? held.all : { ...held.all, AutoV3: autoV3 };
  };
  const filesBySha256 = (hash: string): WorldFile[] => {
    indexes.sha256 ??= indexBy(store, (file) => (file.scan === 'Pending' ? [] : [knownOf(file).sha256]));
    return filesOf(store, indexes.sha256.get(hash.toUpperCase()) ?? []);
  };
  return {
    bytesOf,
    hashesOf,
    sizeOf: (file) => knownOf(file).size,
    sha256Of: (file) => knownOf(file).sha256,
    filesBySha256,
    filesByHash(hash) {
      const found = hash.length === 64 ? filesBySha256(hash) : [];
      if (found.length > 0) return found;
      indexes.others ??= indexBy(store, (file) => Object.values(hashesOf(file)));
      return filesOf(store, indexes.others.get(hash.toUpperCase()) ?? []);
    },
    forgetIndexes() {
      indexes.sha256 = undefined;
      indexes.others = undefined;
    },
  };
}

/** The file that a content key was named after tells name, base model and words. */
function factsOf(store: Store, contentKey: string): Parameters<ReturnType<typeof contentMaker>>[1] {
  const versionId = versionOfFile(Number(contentKey.split(':')[1]));
  const version = store.firstVersion(versionId);
  return {
    name: version?.files[0]?.name.replace(/\.\w+$/, '') ?? contentKey,
    baseModel: version?.baseModel ?? 'Other',
    words: version?.trainedWords ?? [],
    at: version?.createdAt ?? 0,
    rich: false,
  };
}

/** File ids hold their version's; see versions.ts. */
function versionOfFile(fileId: number): number {
  return Math.floor((fileId - 3) / 8);
}

/** The file of an id, as it stands in the version now. */
export function fileOf(store: Store, fileId: number): WorldFile | undefined {
  return store.version(versionOfFile(fileId))?.files.find((file) => file.id === fileId);
}

function indexBy(store: Store, keysOf: (file: WorldFile) => Iterable<string>): Map<string, number[]> {
  const index = new Map<string, number[]>();
  for (const versionId of store.versionIds()) {
    for (const file of store.version(versionId)?.files ?? []) {
      for (const key of keysOf(file)) {
        const ids = index.get(key);
        if (ids === undefined) index.set(key, [file.id]);
        else ids.push(file.id);
      }
    }
  }
  return index;
}

function filesOf(store: Store, ids: readonly number[]): WorldFile[] {
  return ids.map((id) => fileOf(store, id)).filter((file) => file !== undefined);
}
