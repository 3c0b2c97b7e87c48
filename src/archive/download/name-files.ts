import { byteLength, foldName, safeName, shortened } from '../../profiles/file-name.ts';

/** Bytes left free behind a name for what is written beside it: `.preview.12345.jpeg`, and names of parts. */
const ENDING_BYTES = 48;
const MAX_BYTES = 255 - ENDING_BYTES;

/** More letters than this are in no name that somebody gave. */
const MOST_LETTERS = 1000;

/** Endings a file may keep; a name with any other gets one more, so that no double click runs or opens it. */
const PLAIN_ENDINGS = new Set(
  (
    'safetensors sft ckpt pt pth bin gguf onnx zip 7z rar tar gz tgz json yaml yml toml txt csv md pdf ' +
    'png jpg jpeg webp gif avif jxl bmp mp4 webm mov mp3 wav npy npz h5 pkl msgpack vae engine ' +
    'download'
  ).split(' '),
);

/** The name from the site as one that is safe everywhere: no folder, no device, no program, short enough. */
export function fileNameFor(said: string, fallback: string): string {
  // A path is a name with its folders left out, on whichever system it was made.
  const last = said.split(/[/\\]/).at(-1) ?? '';
  // Cut further down, where the ending is known and kept.
  const safe = safeName(last.slice(-MOST_LETTERS), {
    fallback: safeName(fallback),
    maxBytes: 4 * MOST_LETTERS,
  });
  const ending = /\.(\w{1,12})$/.exec(safe)?.[1]?.toLowerCase();
  const kept = ending !== undefined && PLAIN_ENDINGS.has(ending) ? safe : `${safe}.download`;
  return cut(kept);
}

/** The name with a word before its ending: `ink.safetensors`, `v12` → `ink-v12.safetensors`. */
export function withWord(name: string, word: string): string {
  const [stem, ending] = split(name);
  return cut(`${stem}-${word}${ending}`, word);
}

/**
 * The first of a name and its variants (each with one of `words`) that is not taken; names are compared as the strictest
 * file systems do. `taken` gets it.
 */
export function freeName(name: string, words: readonly string[], taken: Set<string>): string {
  const variants = [name, ...words.map((word) => withWord(name, word))];
  let free = variants.find((each) => !taken.has(foldName(each)));
  for (let number = 2; free === undefined; number += 1) {
    const next = withWord(name, String(number));
    if (!taken.has(foldName(next))) free = next;
  }
  taken.add(foldName(free));
  return free;
}

function split(name: string): [stem: string, ending: string] {
  const ending = /\.\w{1,12}$/.exec(name)?.[0] ?? '';
  return [name.slice(0, name.length - ending.length), ending];
}

function cut(name: string, word = ''): string {
  if (byteLength(name) <= MAX_BYTES) return name;
  const [stem, ending] = split(name);
  const tail = word === '' ? ending : `-${word}${ending}`;
  const bare = word === '' ? stem : stem.slice(0, -word.length - 1);
  return `${shortened(bare, MAX_BYTES - byteLength(tail))}${tail}`;
}
