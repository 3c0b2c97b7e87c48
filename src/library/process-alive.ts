import { isSystemError } from '../base/errors.ts';

/** Whether a process of this machine is there; in doubt, it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isSystemError(error, 'ESRCH');
  }
}

/** The same for one that was at work at a time (epoch ms): in a container each start may get the number of the last. */
export function isAliveSince(pid: number, at: number): boolean {
  return pid === process.pid ? at >= Date.now() - process.uptime() * 1000 - 1000 : isAlive(pid);
}
