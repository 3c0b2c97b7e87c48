/**
 * Loaded before the program: at the N-th transaction that its catalog on SQLite commits, ends it as SIGKILL does before or
 * after the commit, or has the disk full (`CIVITARIUM_TEST_COMMIT=after:12`, `before:12`, `full:12`). The network's state
 * commits in capitals and is not counted.
 */
import { DatabaseSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';

/** SQLITE_FULL (https://sqlite.org/rescode.html#full). */
const FULL = 13;

const [what = '', passage = ''] = (process.env['CIVITARIUM_TEST_COMMIT'] ?? '').split(':');
let left = Number(passage);

const { exec } = DatabaseSync.prototype;

if (isMainThread && left > 0) {
  DatabaseSync.prototype.exec = function execDisturbed(this: DatabaseSync, text: string): void {
    const isTheOne = text === 'commit' && (left -= 1) === 0;
    if (isTheOne && what === 'full')
      throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: FULL });
    if (isTheOne && what === 'before') process.kill(process.pid, 'SIGKILL');
    exec.call(this, text);
    if (isTheOne && what === 'after') process.kill(process.pid, 'SIGKILL');
  };
}
