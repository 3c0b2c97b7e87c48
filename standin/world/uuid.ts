import { hash32, mix32, unmix32 } from './random.ts';

const hex = (value: number): string => value.toString(16).padStart(8, '0');

/** A random-looking uuid that holds an id below 2^32, so that an image can be found by its link without a table. */
export function uuidOf(seed: number, id: number): string {
  const head = hex(mix32((id ^ hash32(seed, 'uuid')) >>> 0));
  const rest = hex(hash32(seed, id, 1)) + hex(hash32(seed, id, 2)) + hex(hash32(seed, id, 3));
  return `${head}-${rest.slice(0, 4)}-4${rest.slice(5, 8)}-a${rest.slice(9, 12)}-${rest.slice(12)}`;
}

/** The id in a uuid of this world; `undefined` for any other text. */
export function idOfUuid(seed: number, uuid: string): number | undefined {
  const head = /^([0-9a-f]{8})-[0-9a-f-]{27}$/.exec(uuid)?.[1];
  if (head === undefined) return undefined;
  const id = (unmix32(Number.parseInt(head, 16)) ^ hash32(seed, 'uuid')) >>> 0;
  return uuidOf(seed, id) === uuid ? id : undefined;
}
