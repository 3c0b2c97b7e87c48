import { AppError, EXIT } from '../base/errors.ts';
import type { RunId } from '../base/ids.ts';
import { closeRuns, cutRuns, endRun, startRun } from '../catalog/run.ts';
import { isAliveSince } from '../library/process-alive.ts';
import type { Deps } from './deps.ts';
import type { Input } from './option.ts';
import type { RunResult } from './verb.ts';

/** Does the work of a verb and records it as a run: what was asked, how it ended, what it could not do. Without a run under `--dry-run`. */
export async function recorded(
  deps: Deps,
  verb: string,
  input: Input,
  work: (runId: RunId | undefined) => Promise<RunResult>,
): Promise<RunResult> {
  if (deps.settings.dryRun) return await work(undefined);
  const catalog = await deps.catalog();
  const hostId = await deps.hostId();
  const cut = await cutRuns(catalog.db, hostId, ({ pid, startedAt }) => isAliveSince(pid, startedAt));
  if (cut.length > 0) await closeRuns(catalog, cut, deps.clock.now());
  const id = await startRun(catalog, { verb, hostId, pid: process.pid, options: input }, deps.clock.now());
  try {
    const result = await work(id);
    const { counts, warnings, failures, exitCode } = result;
    await endRun(catalog, id, { counts, warnings, failures }, exitCode, deps.clock.now());
    return { ...result, recorded: true };
  } catch (error) {
    const failure =
      error instanceof AppError
        ? { what: verb, code: error.code, why: error.message, next: error.next }
        : { what: verb, code: 'our-fault', why: String(error) };
    const exitCode = error instanceof AppError ? error.exitCode : EXIT.ourFault;
    // The catalog itself may be what failed; the first error is the one to tell.
    await endRun(
      catalog,
      id,
      { counts: {}, warnings: [], failures: [failure] },
      exitCode,
      deps.clock.now(),
    ).catch(() => undefined);
    throw error;
  }
}
