declare const brand: unique symbol;

/** A type that can't be mixed with another of the same shape. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Civitai's id of a model, an integer from 1 to 2147483647. */
export type ModelId = Branded<number, 'ModelId'>;
/** Civitai's id of a model version. */
export type VersionId = Branded<number, 'VersionId'>;
/** Civitai's id of a file of a version; exact in download links. */
export type CivitaiFileId = Branded<number, 'CivitaiFileId'>;
/** Civitai's id of an image when positive, ours when negative. */
export type ImageId = Branded<number, 'ImageId'>;
/** Civitai's id of a post. */
export type PostId = Branded<number, 'PostId'>;
/** SHA-256 of a whole file: 64 lower-case hex digits. */
export type Sha256 = Branded<string, 'Sha256'>;
/** The catalog's key of a root. */
export type RootId = Branded<number, 'RootId'>;
/** The catalog's key of a file of the library. */
export type FileId = Branded<number, 'FileId'>;
/** The catalog's key of a blob: some bytes, wherever they lie. */
export type BlobId = Branded<number, 'BlobId'>;
/** The catalog's key of a run. */
export type RunId = Branded<number, 'RunId'>;

const SHA256 = /^(?:0x)?([0-9a-f]{64})$/i;

/** Reads a SHA-256 in either letter case, with or without `0x`; `undefined` when it is none. */
export function parseSha256(text: unknown): Sha256 | undefined {
  if (typeof text !== 'string') return undefined;
  return SHA256.exec(text.trim())?.[1]?.toLowerCase() as Sha256 | undefined;
}
