/** Scrambles 32 bits, one to one (the finalizer of MurmurHash3, public domain). */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The way back from `mix32`. */
export function unmix32(value: number): number {
  let h = value | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x7ed1b41d);
  h ^= (h >>> 13) ^ (h >>> 26);
  h = Math.imul(h, 0xa5cb9243);
  h ^= h >>> 16;
  return h >>> 0;
}

/** 32 bits that depend on all the keys and their order. */
export function hash32(...keys: readonly (number | string)[]): number {
  let h = 0x9e3779b9;
  for (const key of keys) {
    if (typeof key === 'number') {
      h = mix32(h ^ mix32(key | 0) ^ Math.floor(key / 0x1_0000_0000));
      continue;
    }
    for (let at = 0; at < key.length; at += 1) h = Math.imul(h ^ key.charCodeAt(at), 0x01000193);
    h = mix32(h ^ key.length);
  }
  return h >>> 0;
}

/** A number in [0, 1) that depends on three keys; the cheap form, for a million calls. */
export function unit(seed: number, key: number, salt: number): number {
  return mix32(mix32(seed ^ Math.imul(salt, 0x9e3779b1)) ^ mix32(key)) / 0x1_0000_0000;
}

/** A bell-shaped number around 0 with deviation 1, from three keys. */
export function bell(seed: number, key: number, salt: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - unit(seed, key, salt)));
  return radius * Math.cos(2 * Math.PI * unit(seed, key, salt + 0x1000));
}

/** A row of random choices, the same for the same keys. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Between `from` and `to`, both possible. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `count` different entries, in random order. */
  some<T>(list: readonly T[], count: number): T[];
}

export function random(...keys: readonly (number | string)[]): Random {
  const next = generator(hash32(...keys));
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <T>(list: readonly T[]): T => {
    const chosen = list[Math.floor(next() * list.length)];
    if (chosen === undefined) throw new RangeError('Nothing to pick from.');
    return chosen;
  };
  return {
    next,
    int,
    pick,
    chance: (probability) => next() < probability,
    some(list, count) {
      const rest = [...list];
      const chosen = [];
      while (rest.length > 0 && chosen.length < count) {
        chosen.push(...rest.splice(Math.floor(next() * rest.length), 1));
      }
      return chosen;
    },
  };
}

/** Marsaglia's xorshift with 128 bits of state. */
function generator(seed: number): () => number {
  let x = mix32(seed + 1) | 1;
  let y = mix32(seed + 2);
  let z = mix32(seed + 3);
  let w = mix32(seed + 4);
  return () => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return (w >>> 0) / 0x1_0000_0000;
  };
}
