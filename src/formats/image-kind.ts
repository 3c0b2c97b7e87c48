/** What some bytes are, whatever their name says. */
export type FileKind =
  'png' | 'jpeg' | 'webp' | 'gif' | 'avif' | 'jxl' | 'mp4' | 'webm' | 'mp3' | 'html' | 'json' | 'unknown';

interface KindFacts {
  readonly extension: string;
  readonly media: 'image' | 'video' | 'audio' | undefined;
  readonly mime: string;
}

const FACTS: Readonly<Record<FileKind, KindFacts>> = {
  png: { extension: 'png', media: 'image', mime: 'image/png' },
  jpeg: { extension: 'jpeg', media: 'image', mime: 'image/jpeg' },
  webp: { extension: 'webp', media: 'image', mime: 'image/webp' },
  gif: { extension: 'gif', media: 'image', mime: 'image/gif' },
  avif: { extension: 'avif', media: 'image', mime: 'image/avif' },
  jxl: { extension: 'jxl', media: 'image', mime: 'image/jxl' },
  mp4: { extension: 'mp4', media: 'video', mime: 'video/mp4' },
  webm: { extension: 'webm', media: 'video', mime: 'video/webm' },
  mp3: { extension: 'mp3', media: 'audio', mime: 'audio/mpeg' },
  html: { extension: 'html', media: undefined, mime: 'text/html' },
  json: { extension: 'json', media: undefined, mime: 'application/json' },
  unknown: { extension: 'bin', media: undefined, mime: 'application/octet-stream' },
};

/** As many leading bytes as `kindOf` ever looks at. */
export const KIND_BYTES = 512;

const JXL_BOX = [0, 0, 0, 0x0c, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a];

/** The kind of a file by its first bytes (`KIND_BYTES` are enough); `unknown` for anything else. Never throws. */
export function kindOf(bytes: Uint8Array): FileKind {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (latin(bytes, 0, 4) === 'RIFF' && latin(bytes, 8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a$/.test(latin(bytes, 0, 6))) return 'gif';
  if (startsWith(bytes, [0xff, 0x0a]) || startsWith(bytes, JXL_BOX)) return 'jxl';
  if (latin(bytes, 4, 8) === 'ftyp') return kindOfBrands(bytes);
  if (startsWith(bytes, [0x1a, 0x45, 0xdf, 0xa3])) return 'webm';
  if (latin(bytes, 0, 3) === 'ID3' || isMpegAudio(bytes)) return 'mp3';
  return kindOfText(bytes);
}

/** The extension a file of this kind should carry, without the dot; `bin` for unknown bytes. */
export function extensionOf(kind: FileKind): string {
  return FACTS[kind].extension;
}

/** Whether the kind is a picture, a film or a sound; `undefined` for texts and unknown bytes. */
export function mediaOf(kind: FileKind): 'image' | 'video' | 'audio' | undefined {
  return FACTS[kind].media;
}

/** The MIME type of a kind. */
export function mimeOf(kind: FileKind): string {
  return FACTS[kind].mime;
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

/** AVIF, HEIC and MP4 share a container: the brands after `ftyp` tell them apart. */
function kindOfBrands(bytes: Uint8Array): FileKind {
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const brands = latin(bytes, 8, Math.min(Math.max(length, 12), KIND_BYTES));
  if (/^(?:.{4})*?avi[fs]/s.test(brands)) return 'avif';
  return /^(?:hei[cmsx]|hev[cmsx]|mif1|msf1|crx )/.test(brands) ? 'unknown' : 'mp4';
}

/** An MPEG frame: eleven set bits, then a layer, a bit rate and a sample rate that exist. */
function isMpegAudio(bytes: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return false;
  return (second & 0x06) !== 0 && (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c;
}

function kindOfText(bytes: Uint8Array): FileKind {
  const head = latin(bytes, 0, KIND_BYTES)
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart()
    .toLowerCase();
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!--|<!doctype html|<html|<head|<body|<script|<title)/.test(head))
    return 'html';
  if (/^(?:\{\s*["}]|\[\s*[[\]{"\d-])/.test(head)) return 'json';
  return 'unknown';
}
