/**
 * Loaded into a measured process before its own code: on its way out it notes its peak memory and how much it read.
 * Plain JavaScript: what reads TypeScript would be measured along. The system's own figure, for `maxRSS` may be that of the process that started this one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const note = process.env['CIVITARIUM_BENCH_NOTE'];
if (isMainThread && note !== undefined) {
  process.on('exit', () => {
    const peak = field('/proc/self/status', 'VmHWM');
    const readBytes = field('/proc/self/io', 'rchar');
    const peakBytes = peak === undefined ? process.resourceUsage().maxRSS * 1024 : peak * 1024;
    writeFileSync(note, JSON.stringify({ peakBytes, readBytes }));
  });
}

/** A number in a file of `/proc`. */
function field(path, name) {
  try {
    const found = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(path, 'utf8'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}
