import { createHash } from 'node:crypto';
import { linkSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalStep } from '../../catalog/journal.ts';
import { copyFile } from '../../library/copy-file.ts';
import { standingAt } from '../../library/file-identity.ts';
import { judgeUndo } from './judge-undo.ts';

const { signal } = new AbortController();

/** What is so, how it comes about, and the verdict. */
type Case = [string, () => void, string];

describe('judgeUndo', () => {
  let folder: string;
  let source: string;
  let target: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-judge-'));
    source = join(folder, 'source.pt');
    target = join(folder, 'target.pt');
    writeFileSync(source, 'a model');
    utimesSync(source, 1_700_000_000, 1_700_000_000);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A step from source to target, noted while the source is there. */
  function stepBy(op: JournalStep['op']): JournalStep {
    const now = standingAt(source);
    return {
      run_id: 1,
      position: 0,
      op,
      role: 'model',
      file_id: 1,
      source,
      target,
      source_root_id: 1,
      target_root_id: 1,
      size: now?.size ?? 0,
      mtime_ns: now?.mtimeNs ?? '',
      inode: now?.inode ?? '',
      sha256: createHash('sha256').update('a model').digest('hex'),
      left_mtime_ns: null,
      left_inode: null,
      made_file_id: null,
      state: 'done',
      problem: null,
    };
  }

  function moved(): JournalStep {
    const step = stepBy('move');
    renameSync(source, target);
    return step;
  }

  const kindOf = async (step: JournalStep): Promise<string> => {
    const verdict = await judgeUndo(step, undefined, signal);
    return verdict.kind === 'leave' ? verdict.why : verdict.kind;
  };

  it.each([
    ['as it was left', () => undefined, 'move-back'],
    ['touched, with the same bytes', () => utimesSync(target, 1, 1), 'move-back'],
    ['changed', () => writeFileSync(target, 'A MODEL'), 'It was changed since it was put there.'],
    ['removed', () => rmSync(target), 'It is not where it was put any more.'],
    ['back already', () => renameSync(target, source), 'done'],
    ['kept out by another file', () => writeFileSync(source, 'other'), 'Something else stands where it was.'],
    ['a second name of its old place', () => linkSync(target, source), 'move-back'],
    [
      'a link now',
      () => {
        rmSync(target);
        symlinkSync('/nowhere', target);
      },
      'It was changed since it was put there.',
    ],
  ] satisfies Case[])('of a file that was moved and is %s', async (_how, change, verdict) => {
    const step = moved();
    change();

    expect(await kindOf(step)).toBe(verdict);
  });

  it.each([
    ['as it was made', () => undefined, 'remove'],
    ['changed', () => writeFileSync(target, 'A MODEL'), 'It was changed since it was put there.'],
    ['gone', () => rmSync(target), 'done'],
    ['the last one', () => rmSync(source), 'What it was made from is gone: this may be the last copy.'],
    [
      'the last one with these bytes',
      () => writeFileSync(source, 'A MODEL'),
      'What it was made from was changed: this may be the last copy.',
    ],
  ] satisfies Case[])('of a copy that is %s', async (_how, change, verdict) => {
    const step = stepBy('copy');
    await copyFile(source, target, { sha256: step.sha256 ?? undefined });
    change();

    expect(await kindOf(step)).toBe(verdict);
  });

  it('of links: they go while they lead where they did', async () => {
    const step = stepBy('symlink');
    symlinkSync(source, target);
    expect(await kindOf(step)).toBe('remove');
    rmSync(target);
    symlinkSync('/nowhere', target);
    expect(await kindOf(step)).toBe('It is no longer the link that was made.');
  });

  it('of second names: they go while the first one is there', async () => {
    const step = stepBy('hardlink');
    linkSync(source, target);
    expect(await kindOf(step)).toBe('remove');
    rmSync(source);
    expect(await kindOf(step)).toBe('What it was made from is gone: this may be the last copy.');
    writeFileSync(source, 'a model');
    expect(await kindOf(step)).toBe('It is no longer the same file.');
  });
});
