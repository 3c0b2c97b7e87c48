/** What a cut piece is: a model with its versions, a version by itself, or a string that holds JSON of its own. */
type PieceKind = 'model' | 'version' | 'text';

/** A piece of a JSON text by its bytes: `start` inclusive, `end` exclusive. */
export interface Piece {
  readonly kind: PieceKind;
  readonly start: number;
  readonly end: number;
}

/** Finds models and versions in JSON that comes in chunks, however deep they lie, without building any of it. */
export interface Cutter {
  /** The next bytes of the text. */
  push(chunk: Uint8Array): void;
  /** The pieces found so far, in the order of the text. */
  pieces(): readonly Piece[];
}

/** Keys that tell what an object is, each a bit. */
const KEYS: ReadonlyMap<string, number> = new Map([
  ['id', 1],
  ['modelVersions', 2],
  ['modelId', 4],
  ['files', 8],
  ['images', 16],
  ['model', 32],
  ['trainedWords', 64],
  ['downloadUrl', 128],
  ['baseModel', 256],
]);
const LONGEST_KEY = 13;
/** Deeper strings are workflows of images, not answers. */
const MAX_TEXT_DEPTH = 3;
const SHORTEST_TEXT = 60;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;

interface Frame {
  readonly start: number;
  readonly object: boolean;
  seen: number;
  expectsKey: boolean;
}

function kindOf(seen: number): 'model' | 'version' | undefined {
  const has = (bits: number): boolean => (seen & bits) === bits;
  if (has(1 | 2)) return 'model';
  const ofModel = (seen & (4 | 32 | 256)) !== 0;
  const holds = (seen & (8 | 128)) !== 0 || has(16 | 64);
  return has(1) && ofModel && holds ? 'version' : undefined;
}

/** What the string being read is good for. */
interface Text {
  readonly start: number;
  readonly isKey: boolean;
  key: string;
  /** Bytes of content so far. */
  length: number;
  holdsJson: boolean;
}

export function makeCutter(): Cutter {
  const found: Piece[] = [];
  const stack: Frame[] = [];
  let offset = 0;
  let text: Text | undefined;
  let escaped = false;

  const closeFrame = (end: number): void => {
    const frame = stack.pop();
    if (frame === undefined || !frame.object) return;
    const kind = kindOf(frame.seen);
    if (kind === undefined) return;
    // What was found inside belongs to this one.
    while ((found.at(-1)?.start ?? -1) > frame.start) found.pop();
    found.push({ kind, start: frame.start, end });
  };

  const closeText = (end: number): void => {
    const frame = stack.at(-1);
    if (text === undefined) return;
    if (text.isKey && frame !== undefined) {
      frame.seen |= text.length <= LONGEST_KEY ? (KEYS.get(text.key) ?? 0) : 0;
      frame.expectsKey = false;
    } else if (text.holdsJson && text.length >= SHORTEST_TEXT) {
      found.push({ kind: 'text', start: text.start, end });
    }
    text = undefined;
  };

  const inText = (one: Text, byte: number, at: number): void => {
    if (escaped) {
      escaped = false;
      // A text inside a text begins with an escaped quote.
      if (one.length === 1 && byte === QUOTE) one.holdsJson = stack.length <= MAX_TEXT_DEPTH;
      one.length += 1;
      return;
    }
    if (byte === QUOTE) return closeText(at + 1);
    if (byte === BACKSLASH) escaped = true;
    if (one.length === 0 && (byte === OPEN_OBJECT || byte === OPEN_ARRAY)) {
      one.holdsJson = stack.length <= MAX_TEXT_DEPTH;
    }
    if (one.isKey && one.length < LONGEST_KEY) one.key += String.fromCharCode(byte);
    one.length += 1;
  };

  const outside = (byte: number, at: number): void => {
    const frame = stack.at(-1);
    if (byte === QUOTE) {
      const isKey = frame?.object === true && frame.expectsKey;
      text = { start: at, isKey, key: '', length: 0, holdsJson: false };
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      stack.push({ start: at, object: byte === OPEN_OBJECT, seen: 0, expectsKey: byte === OPEN_OBJECT });
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      closeFrame(at + 1);
    } else if (byte === COMMA && frame?.object === true) {
      frame.expectsKey = true;
    }
  };

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at] ?? 0;
        if (text === undefined) outside(byte, offset + at);
        else inText(text, byte, offset + at);
      }
      offset += chunk.length;
    },
    pieces: () => found,
  };
}

/** The pieces of a text that is all there. */
export function cut(bytes: Uint8Array): readonly Piece[] {
  const cutter = makeCutter();
  cutter.push(bytes);
  return cutter.pieces();
}
