/**
 * Loaded before the program: ends it as SIGKILL does before or after the N-th transaction that its catalog
 * on SQLite commits (`CIVITARIUM_TEST_COMMIT=after:12`). The network's state commits in capitals and is not counted.
 */
import { DatabaseSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';

const [when = '', passage = ''] = (process.env['CIVITARIUM_TEST_COMMIT'] ?? '').split(':');
let left = Number(passage);

const { exec } = DatabaseSync.prototype;

if (isMainThread && left > 0) {
  DatabaseSync.prototype.exec = function execOrDie(this: DatabaseSync, text: string): void {
    const isLast = text === 'commit' && (left -= 1) === 0;
    if (isLast && when === 'before') process.kill(process.pid, 'SIGKILL');
    exec.call(this, text);
    if (isLast) process.kill(process.pid, 'SIGKILL');
  };
}
