import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 1024 * 1024;
/** Below this nothing is gained: the program itself and its libraries take about 110 MiB. */
const SMALL = 140 * MIB;
const GROWTH = 20 * MIB;
const EVERY_MS = 500;

/** What is looked at and done; the process's own, except in tests. */
export interface Memory {
  /** Bytes resident. */
  rss(): number;
  /** Collects all that is dead and gives free pages back to the system. */
  collect(): void;
}

/**
 * V8 keeps pages that it has emptied, and collects late what holds memory outside of its heap. So a long run is collected
 * whenever it has grown by 20 MiB since the last time: about 60 ms each, for a quarter less memory at the peak. Returns
 * the look that a timer takes.
 */
export function collectWhenGrown(memory: Memory): () => void {
  let after = SMALL;
  return () => {
    const rss = memory.rss();
    // It shrinks by itself, too: growth counts from the least.
    if (rss < after) after = Math.max(rss, SMALL);
    if (rss < after + GROWTH) return;
    memory.collect();
    after = Math.max(memory.rss(), SMALL);
  };
}

/**
 * Looks twice a second, and keeps no process alive by it. On a machine with much memory V8 lets a heap of 40 MB grow to
 * four times its size before it collects, and what SQLite, zlib and the network hold for dead objects grows along. A
 * library of any size is worked through in batches, and near what a batch needs the heap is kept; not before the first
 * look, for a quick command has ended by then.
 */
export function startCollecting(): void {
  const look = collectWhenGrown({ rss: () => process.memoryUsage.rss(), collect: collector() });
  setInterval(look, EVERY_MS).unref();
  setTimeout(() => setFlagsFromString('--heap-growing-percent=15'), EVERY_MS).unref();
}

function collector(): () => void {
  let gc: ((options: object) => void) | undefined;
  return () => {
    gc ??= exposed();
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
}

/** The collector is no part of the language: V8 hands it out to contexts made after it was asked to. */
function exposed(): (options: object) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options: object) => void;
}
