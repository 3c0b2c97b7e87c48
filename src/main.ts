import { setFlagsFromString } from 'node:v8';
import { startCollecting } from './cli/collect-when-grown.ts';
import { run } from './cli/run.ts';

// On a machine with much memory V8 lets a heap of 40 MB grow to four times its size before it collects, and what SQLite,
// zlib and the network hold for dead objects grows along. A library of any size is worked through in batches: these
// keep the heap near what a batch needs, for a tenth more time in the collector. There is no limit to run into.
setFlagsFromString('--heap-growing-percent=15');
// The young part keeps the size it has now, after the first modules (4 MB instead of 64).
setFlagsFromString('--semi-space-growth-factor=1');
startCollecting();

// `civitarium missing | head` closes the pipe before the end: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Set, not exit: what stdout still holds must reach a pipe.
process.exitCode = await run(process.argv.slice(2));
