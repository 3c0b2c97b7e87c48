import { basename, dirname, join } from 'node:path';
import type { Sha256 } from '../../base/ids.ts';
import type { Item, Model, Version } from '../../civitai/shapes/types.ts';

/**
 * A record that another program kept, as far as it could be read. `at`: when the site said so, epoch ms. `key` tells which
 * records are of one model.
 */
export type FoundRecord = { readonly path: string; readonly at: number } & (
  | {
      readonly kind: 'version';
      readonly key: string;
      readonly item: Item<Version>;
      readonly sha256: Sha256 | undefined;
    }
  | { readonly kind: 'model'; readonly item: Item<Model> }
  /** `name`: of the model file, when it was noted; `at`: when it was hashed. */
  | {
      readonly kind: 'hash';
      readonly key: string;
      readonly sha256: Sha256;
      readonly name: string | undefined;
    }
  /** What the header of the model file said, as JSON. */
  | { readonly kind: 'header'; readonly key: string; readonly metadata: string }
  /** The site had no such file. */
  | { readonly kind: 'absent'; readonly key: string }
  /** A preview: the image at `position` (from 0) of the version's answer, or that of which `image` is said. */
  | {
      readonly kind: 'picture';
      readonly key: string;
      readonly position: number;
      readonly media: 'image' | 'video';
      readonly image: unknown;
      readonly size: number;
      readonly mtimeNs: string;
    }
  /** `processed_files.json`: paths of model files as they were given. */
  | { readonly kind: 'processed'; readonly files: readonly string[] }
  /** `missing_from_civitai.txt`: base names of model files, and when the site said so. */
  | {
      readonly kind: 'missing';
      readonly entries: readonly { readonly name: string; readonly at: number }[];
    }
  /** Something that another downloader brought. `said`: where it is said to lie; `creator`: whose work it is. */
  | {
      readonly kind: 'download';
      readonly type: 'image' | 'lora';
      readonly id: number;
      readonly said: string | undefined;
      readonly size: number | undefined;
      readonly creator: string | undefined;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly why: string }
);

/** One kind of record. */
export type RecordOf<Kind extends FoundRecord['kind']> = Extract<FoundRecord, { readonly kind: Kind }>;

/** A record that can't be taken over; `why` goes on behind "It". */
export function refused(path: string, at: number, why: string): RecordOf<'refused'> {
  return { path, at, kind: 'refused', code: 'damaged-record', why: `It ${why}.` };
}

/** What tells which records are of one model: the folder and the name before the ending. */
export function keyOf(path: string, ending: string): string {
  return join(dirname(path), basename(path).slice(0, -ending.length));
}

/** The base name of a path, whichever system wrote it. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}
