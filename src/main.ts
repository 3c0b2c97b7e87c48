import { setFlagsFromString } from 'node:v8';
import { startCollecting } from './cli/collect-when-grown.ts';
import { run } from './cli/run.ts';

// The young part of the heap keeps the size it has now, after the first modules (4 MB instead of 64).
setFlagsFromString('--semi-space-growth-factor=1');
startCollecting();

// `civitarium missing | head` closes the pipe before the end: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Set, not exit: what stdout still holds must reach a pipe.
process.exitCode = await run(process.argv.slice(2));
