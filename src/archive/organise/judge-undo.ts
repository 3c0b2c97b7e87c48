import type { JournalStep } from '../../catalog/journal.ts';
import { isOurs } from '../../catalog/output.ts';
import type { OutputRow } from '../../catalog/output.ts';
import { onDisk } from '../../library/disk-path.ts';
import { isSameFile, isSameTime, reachedAt, standingAt } from '../../library/file-identity.ts';
import type { FileIdentity, Standing } from '../../library/file-identity.ts';
import { leadsTo } from '../../library/move.ts';
import { sha256Of } from '../../library/sha256-of.ts';

/**
 * What an undo may do about a step: take a move back, remove what was made, nothing because it is done (or was never ours
 * to keep), or leave it because something is not as we left it.
 */
export type UndoVerdict =
  | { readonly kind: 'move-back'; readonly now: FileIdentity }
  | { readonly kind: 'remove' }
  | { readonly kind: 'done' }
  | { readonly kind: 'leave'; readonly why: string };

/** Looks at both ends of a step that was done. `output`: what the catalog says we wrote at the target. */
export async function judgeUndo(
  step: JournalStep,
  output: OutputRow | undefined,
  signal: AbortSignal,
): Promise<UndoVerdict> {
  return step.op === 'move' ? await judgeMove(step, output, signal) : await judgeMade(step, output, signal);
}

async function judgeMove(
  step: JournalStep,
  output: OutputRow | undefined,
  signal: AbortSignal,
): Promise<UndoVerdict> {
  const [source, target] = [standingAt(step.source), standingAt(step.target)];
  if (target === undefined)
    return isBack(step, source) || isWrittenAnew(output)
      ? DONE
      : leave('It is not where it was put any more.');
  if (!(await isAsLeft(step, target, output, signal))) return leave('It was changed since it was put there.');
  if (source !== undefined && !isSameFile(source, target) && !(await isCopyOf(step, source, target, signal)))
    return leave('Something else stands where it was.');
  return { kind: 'move-back', now: target };
}

async function judgeMade(
  step: JournalStep,
  output: OutputRow | undefined,
  signal: AbortSignal,
): Promise<UndoVerdict> {
  const target = standingAt(step.target);
  if (target === undefined) return DONE;
  if (step.op === 'symlink')
    return leadsTo(step.target, step.source)
      ? { kind: 'remove' }
      : leave('It is no longer the link that was made.');
  const source = reachedAt(step.source);
  if (source === undefined) return leave('What it was made from is gone: this may be the last copy.');
  if (step.op === 'hardlink')
    return isSameFile(source, target) ? { kind: 'remove' } : leave('It is no longer the same file.');
  if (!(await isAsLeft(step, target, output, signal))) return leave('It was changed since it was put there.');
  const isOriginal =
    source.size === step.size &&
    (isSameTime(source.mtimeNs, step.mtime_ns) ||
      (step.sha256 !== null && (await sha256Of(onDisk(step.source), signal)) === step.sha256));
  return isOriginal
    ? { kind: 'remove' }
    : leave('What it was made from was changed: this may be the last copy.');
}

const DONE: UndoVerdict = { kind: 'done' };

function leave(why: string): UndoVerdict {
  return { kind: 'leave', why };
}

/** A killed undo had brought it back already. */
function isBack(step: JournalStep, source: Standing | undefined): boolean {
  return source?.kind === 'file' && source.size === step.size && isSameTime(source.mtimeNs, step.mtime_ns);
}

/** Pages and answers are written anew at the old place when they are not there. */
function isWrittenAnew(output: OutputRow | undefined): boolean {
  return output?.kind === 'page' || output?.kind === 'info';
}

/** By size, time and inode; else by its bytes: those on record, or those we wrote there since. */
async function isAsLeft(
  step: JournalStep,
  target: Standing,
  output: OutputRow | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (target.kind !== 'file') return false;
  const inode = step.left_inode ?? step.inode;
  const mtimeNs = step.left_mtime_ns ?? step.mtime_ns;
  if (target.size === step.size && target.mtimeNs === mtimeNs && target.inode === inode) return true;
  const isKnown = output !== undefined || (step.sha256 !== null && target.size === step.size);
  if (!isKnown) return false;
  const sha256 = await sha256Of(onDisk(step.target), signal);
  return sha256 === step.sha256 || (output !== undefined && isOurs(output, sha256));
}

/** A copy to another device that a killed undo had finished but for the removal. */
async function isCopyOf(
  step: JournalStep,
  source: Standing,
  target: Standing,
  signal: AbortSignal,
): Promise<boolean> {
  if (source.kind !== 'file' || source.size !== target.size || !isSameTime(source.mtimeNs, target.mtimeNs))
    return false;
  return (await sha256Of(onDisk(step.source), signal)) === (await sha256Of(onDisk(step.target), signal));
}
