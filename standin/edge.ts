import type { Answer } from './route.ts';

/** An answer ready to be sent: every body form brought to bytes, headers final. */
export interface Packed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** Follows `bytes`; shared with other answers. */
  readonly tail?: Uint8Array | undefined;
}

/**
 * The cache that stands before the site: keeps what `Cache-Control: public, s-maxage` allows, by address alone (a
 * request with a key gets what was kept for one without), and tells the `Age`.
 */
export interface Edge {
  /** What to send instead of asking the site; `refresh` when the site should be asked for the next one. */
  look(key: string, now: number): { readonly packed: Packed; readonly refresh: boolean } | undefined;
  keep(key: string, packed: Packed, now: number): void;
  clear(): void;
}

const MAX_ENTRIES = 2_000;
const MAX_BYTES = 64 * 1024 * 1024;

interface Entry {
  readonly packed: Packed;
  readonly at: number;
  readonly fresh: number;
  readonly stale: number;
}

/** An edge that keeps nothing. */
export const noEdge: Edge = { look: () => undefined, keep() {}, clear() {} };

export function makeEdge(): Edge {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const drop = (key: string): void => {
    bytes -= entries.get(key)?.packed.bytes.length ?? 0;
    entries.delete(key);
  };
  return {
    look(key, now) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const age = Math.max(0, (now - entry.at) / 1000);
      if (age >= entry.fresh + entry.stale) {
        drop(key);
        return undefined;
      }
      const headers = { ...entry.packed.headers, age: String(Math.floor(age)), 'cf-cache-status': 'HIT' };
      return { packed: { ...entry.packed, headers }, refresh: age >= entry.fresh };
    },
    keep(key, packed, now) {
      const life = lifeOf(packed.headers['cache-control'] ?? '');
      if (life === undefined || packed.status >= 500) return;
      drop(key);
      entries.set(key, { packed, at: now, ...life });
      bytes += packed.bytes.length;
      for (const oldest of entries.keys()) {
        if (entries.size <= MAX_ENTRIES && bytes <= MAX_BYTES) break;
        drop(oldest);
      }
    },
    clear() {
      entries.clear();
      bytes = 0;
    },
  };
}

function lifeOf(cacheControl: string): { fresh: number; stale: number } | undefined {
  const fresh = /\bs-maxage=(\d+)/.exec(cacheControl)?.[1];
  if (fresh === undefined || !cacheControl.includes('public')) return undefined;
  return { fresh: Number(fresh), stale: Number(/stale-while-revalidate=(\d+)/.exec(cacheControl)?.[1] ?? 0) };
}

/** Brings an answer's body to bytes; a stream is read to its end by the sender instead. */
export function pack(answer: Answer, headers: Record<string, string>): Packed {
  if (answer.json !== undefined) {
    headers['content-type'] ??= 'application/json; charset=utf-8';
    return { status: answer.status, headers, bytes: Buffer.from(JSON.stringify(answer.json)) };
  }
  if (answer.text !== undefined) {
    headers['content-type'] ??= 'text/plain; charset=utf-8';
    return { status: answer.status, headers, bytes: Buffer.from(answer.text) };
  }
  if (answer.bytes !== undefined) headers['content-type'] ??= 'application/octet-stream';
  return { status: answer.status, headers, bytes: answer.bytes ?? new Uint8Array(), tail: answer.tail };
}
