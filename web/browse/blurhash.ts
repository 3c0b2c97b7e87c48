const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~';

/** Red, green, blue, opaque: four bytes a pixel, ready for a canvas. */
export type Pixels = Uint8ClampedArray<ArrayBuffer>;

/** The few colours of a blurhash as pixels, `undefined` when it is none. https://github.com/woltapp/blurhash/blob/master/Algorithm.md */
export function decodeBlurhash(hash: string, width: number, height: number): Pixels | undefined {
  const sizes = base83(hash, 0, 1);
  const across = (sizes % 9) + 1;
  const down = Math.floor(sizes / 9) + 1;
  if (sizes < 0 || hash.length !== 4 + 2 * across * down || base83(hash, 0, hash.length) < 0)
    return undefined;
  const colours = coloursOf(hash, across * down);
  const pixels: Pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (let j = 0; j < down; j += 1) {
          const vertical = Math.cos((Math.PI * y * j) / height);
          for (let i = 0; i < across; i += 1) {
            const basis = Math.cos((Math.PI * x * i) / width) * vertical;
            sum += (colours[(j * across + i) * 3 + channel] ?? 0) * basis;
          }
        }
        pixels[at + channel] = toSrgb(sum);
      }
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

function coloursOf(hash: string, count: number): number[] {
  const strongest = (base83(hash, 1, 2) + 1) / 166;
  const average = base83(hash, 2, 6);
  const colours = [toLinear(average >> 16), toLinear((average >> 8) & 255), toLinear(average & 255)];
  for (let index = 1; index < count; index += 1) {
    const value = base83(hash, 4 + index * 2, 6 + index * 2);
    for (const step of [Math.floor(value / 361), Math.floor(value / 19) % 19, value % 19]) {
      const signed = (step - 9) / 9;
      colours.push(Math.sign(signed) * signed * signed * strongest);
    }
  }
  return colours;
}

/** Digits of base 83 as a number; -1 when one is none. */
function base83(text: string, from: number, to: number): number {
  let value = 0;
  for (const char of text.slice(from, to)) {
    const digit = DIGITS.indexOf(char);
    if (digit < 0) return -1;
    value = value * 83 + digit;
  }
  return value;
}

function toLinear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toSrgb(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  return 255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);
}
