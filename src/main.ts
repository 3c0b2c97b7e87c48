import { run } from './cli/run.ts';

// Set, not exit: what stdout still holds must reach a pipe.
process.exitCode = await run(process.argv.slice(2));
