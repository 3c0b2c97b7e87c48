import { run } from './cli/run.ts';

// `civitarium missing | head` closes the pipe before the end: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Set, not exit: what stdout still holds must reach a pipe.
process.exitCode = await run(process.argv.slice(2));
