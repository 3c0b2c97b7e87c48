import type { ByteSource } from './model-file-header.ts';
import { kindOf, KIND_BYTES, mediaOf } from './image-kind.ts';

/** Behind the end of a picture some programs write a little of their own. */
const TAIL_BYTES = 1024;
/** No film has more parts at its top. */
const MOST_BOXES = 10_000;

/**
 * True for a picture, film or sound that is there to its end, as far as its format says where that is. A page or a note that
 * is called a picture is none.
 */
export async function isWholeMedia(source: ByteSource): Promise<boolean> {
  const head = await source.read(0, KIND_BYTES);
  const kind = kindOf(head);
  if (mediaOf(kind) === undefined) return false;
  const at = Math.max(0, source.size - TAIL_BYTES);
  const tail = Buffer.from(await source.read(at, source.size - at));
  switch (kind) {
    case 'png':
      return tail.includes('IEND', 0, 'latin1');
    case 'jpeg':
      return tail.includes(Buffer.from([0xff, 0xd9]));
    case 'gif':
      return tail[tail.length - 1] === 0x3b;
    case 'webp':
      return new DataView(head.buffer, head.byteOffset).getUint32(4, true) + 8 <= source.size;
    case 'mp4':
    case 'avif':
      return await endsWithItsBoxes(source);
    default:
      return true;
  }
}

/** Each part says its length; the last one must not be longer than what is there. */
async function endsWithItsBoxes(source: ByteSource): Promise<boolean> {
  let at = 0;
  for (let count = 0; at < source.size && count < MOST_BOXES; count += 1) {
    const head = await source.read(at, 16);
    if (head.length < 8) return false;
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const short = view.getUint32(0);
    // 0 means "to the end", 1 that the length follows in 64 bits.
    if (short === 0) return true;
    const length = short === 1 && head.length === 16 ? Number(view.getBigUint64(8)) : short;
    if (length < 8) return false;
    at += length;
  }
  return at === source.size;
}
