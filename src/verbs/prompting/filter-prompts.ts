import { resolve } from 'node:path';
import { LoraNames } from '../../archive/lora-names.ts';
import { promptFiles } from '../../archive/prompt-files.ts';
import type { PromptFile } from '../../archive/prompt-files.ts';
import { writePromptNotes } from '../../archive/write-prompt-notes.ts';
import type { NoteChange } from '../../archive/write-prompt-notes.ts';
import { formatCount } from '../../base/bytes.ts';
import { InterruptedError, UserError } from '../../base/errors.ts';
import { chunks } from '../../base/pool.ts';
import { knownPrompts } from '../../catalog/prompts.ts';
import { removeStaleTempsBelow } from '../../library/stale-temps.ts';
import { REMOVED_KEY, withFields } from '../../formats/prompt-note.ts';
import type { Filtered } from '../../prompts/filter.ts';
import { rebuildPrompt } from '../../prompts/rebuild.ts';
import type { Deps } from '../deps.ts';
import { flagOption, textOption } from '../option.ts';
import type { Input } from '../option.ts';
import { NO_GALLERIES, outputsAt, putBehind, showImages } from '../scanning/image-galleries.ts';
import type { ImagesShown } from '../scanning/image-galleries.ts';
import { homePath } from '../summary.ts';
import type { Failure, RunResult } from '../verb.ts';
import { failureOf } from './count-terms.ts';
import { outputFiles, writeOutput } from './outputs.ts';
import { readWishes } from './wishes.ts';
import type { FilterWishes } from './wishes.ts';

/** Notes that are read before those that changed are written. */
const BATCH = 256;

/** What is told of one prompt. */
type Told = Readonly<Record<string, unknown>>;

class Work {
  readonly counts = { total: 0, changed: 0, same: 0, read: 0, left: 0, failed: 0, removed: 0 };
  readonly failures: Failure[] = [];
  readonly told: Told[] = [];
  readonly deps: Deps;
  readonly wishes: FilterWishes;
  readonly isTold: boolean;
  /** The names of LoRAs to put into the prompts, by the folder of the note; `undefined` to put none. */
  readonly loras: LoraNames | undefined;
  readonly from: string | undefined;

  constructor(deps: Deps, wishes: FilterWishes, more: Pick<Work, 'isTold' | 'loras' | 'from'>) {
    this.deps = deps;
    this.wishes = wishes;
    this.isTold = more.isTold;
    this.loras = more.loras;
    this.from = more.from;
  }

  fail(failure: Failure): void {
    this.failures.push(failure);
    this.counts.failed += 1;
  }

  tell(what: Told, made: ReadonlyMap<string, Filtered>): void {
    const [first] = made.values();
    this.counts.removed += first?.removed.length ?? 0;
    if (this.isTold) this.told.push({ ...what, ...Object.fromEntries(made) });
  }
}

/** Makes the variants of prompts anew, for `filter` from what they were, for `rebuild` with a LoRA in them. */
export async function filterPrompts(
  deps: Deps,
  input: Input,
  paths: readonly string[],
  what: 'filter' | 'rebuild',
): Promise<RunResult> {
  const isRebuild = what === 'rebuild';
  if (isRebuild) checkRebuild(input, paths);
  const outputs = await outputFiles(deps, input, ['.json']);
  const work = new Work(deps, readWishes(deps, input), {
    isTold: outputs.length > 0 || deps.settings.json,
    loras: isRebuild ? new LoraNames(textOption(input, 'lora')) : undefined,
    from: textOption(input, 'from'),
  });
  const shown = paths.length === 0 ? await tellKnown(work) : await rewriteFiles(work, paths);
  if (!deps.settings.dryRun)
    for (const { path } of outputs) await writeOutput(path, `${JSON.stringify(work.told, undefined, 2)}\n`);
  return resultOf(
    work,
    outputs.map(({ path }) => path),
    shown,
  );
}

function checkRebuild(input: Input, paths: readonly string[]): void {
  if (flagOption(input, 'compat'))
    throw new UserError('prompts rebuild knows no --compat.', {
      code: 'bad-argument',
      next: 'Leave it out.',
    });
  for (const name of ['lora', 'from'])
    if (/[<>:,\n\r]/.test(textOption(input, name) ?? ''))
      throw new UserError(`--${name} holds a character that no tag can hold.`, { code: 'bad-argument' });
  if (paths.length === 0)
    throw new UserError('prompts rebuild needs the folders of the notes.', {
      code: 'bad-argument',
      next: 'civitarium prompts rebuild FOLDER',
    });
}

async function tellKnown(work: Work): Promise<ImagesShown> {
  const { db } = await work.deps.catalog();
  for await (const { imageId, prompt } of knownPrompts(db)) {
    if (work.deps.signal.aborted) throw new InterruptedError();
    work.counts.total += 1;
    work.counts.read += 1;
    work.tell({ image: imageId, raw_prompt: prompt }, work.wishes.filter(prompt));
  }
  return NO_GALLERIES;
}

/** Writes the notes that change, and the pages that show them. */
async function rewriteFiles(work: Work, paths: readonly string[]): Promise<ImagesShown> {
  const { deps } = work;
  const absolute = paths.map((path) => resolve(deps.cwd, path));
  // What a run that was killed left behind.
  if (!deps.settings.dryRun) for (const path of absolute) removeStaleTempsBelow(path);
  const catalog = deps.settings.dryRun ? undefined : await deps.catalog();
  const outputs = catalog === undefined ? [] : await outputsAt(deps, catalog, absolute);
  let changes: NoteChange[] = [];
  const phase = deps.progress.phase('Filtering prompts', undefined, 'files');
  try {
    for (const file of promptFiles(absolute)) {
      if (deps.signal.aborted) throw new InterruptedError();
      const change = await changeOf(work, file);
      if (change !== undefined) changes.push(change);
      phase.advance(1);
      if (changes.length < BATCH) continue;
      await write(work, changes, outputs);
      changes = [];
    }
    await write(work, changes, outputs);
  } finally {
    phase.end();
  }
  if (catalog === undefined) return NO_GALLERIES;
  // Again: another run may have written them in between.
  if (work.counts.changed > 0) await putBehind(deps, catalog, outputs);
  // Also when nothing changed: a run that was killed may have left its pages to this one.
  return await showImages(deps, catalog, outputs, false);
}

/** What becomes of a note; `undefined` when nothing is to be written. */
async function changeOf(work: Work, file: PromptFile): Promise<NoteChange | undefined> {
  const { counts } = work;
  counts.total += 1;
  if (file.kind === 'failed') work.fail(failureOf(file));
  else if (file.kind === 'other') counts.left += 1;
  else if (file.kind === 'image') {
    counts.read += 1;
    work.tell({ path: file.path, raw_prompt: file.prompt }, work.wishes.filter(file.prompt));
  } else return await changeOfNote(work, file);
  return undefined;
}

async function changeOfNote(
  work: Work,
  { path, root, note, bytes }: PromptFile & { readonly kind: 'note' },
): Promise<NoteChange | undefined> {
  const lora = await work.loras?.nameFor(path);
  if (work.loras !== undefined && lora === undefined) {
    work.counts.left += 1;
    return undefined;
  }
  const rebuilt = lora === undefined ? undefined : rebuildPrompt(note.raw, { lora, from: work.from });
  const made = work.wishes.filter(rebuilt?.text ?? note.raw);
  work.tell({ path, raw_prompt: note.raw, ...(rebuilt === undefined ? {} : { lora: rebuilt.tag }) }, made);
  const text = withFields(note, {
    ...Object.fromEntries([...made].map(([name, filtered]) => [name, filtered.text])),
    ...(rebuilt === undefined ? {} : { lora: rebuilt.tag }),
    [REMOVED_KEY]: Object.fromEntries([...made].map(([name, filtered]) => [name, filtered.removed])),
  });
  if (text !== undefined) return { path, root, before: bytes, text };
  work.counts.same += 1;
  return undefined;
}

async function write(work: Work, changes: readonly NoteChange[], outputs: readonly string[]): Promise<void> {
  const { deps, counts } = work;
  if (deps.settings.dryRun) {
    counts.changed += changes.length;
    return;
  }
  // Pages first: whoever comes after a run that is killed here has to write them.
  if (changes.length > 0 && counts.changed === 0) await putBehind(deps, await deps.catalog(), outputs);
  for (const batch of chunks(changes, BATCH)) {
    const errors = await writePromptNotes(batch);
    work.counts.changed += batch.length - errors.size;
    for (const [path, { code, message, next }] of errors) work.fail({ what: path, code, why: message, next });
  }
}

function resultOf(work: Work, outputs: readonly string[], shown: ImagesShown): RunResult {
  const { counts, told, wishes, deps } = work;
  const failures = [...work.failures, ...shown.failures];
  const { dryRun, json } = deps.settings;
  const parts = [
    `${formatCount(counts.total)} looked at`,
    `${formatCount(counts.changed)} ${dryRun ? 'would change' : 'changed'}`,
    `${formatCount(counts.same)} as they were`,
    ...(counts.read > 0 ? [`${formatCount(counts.read)} only read`] : []),
    ...(counts.left > 0 ? [`${formatCount(counts.left)} without a prompt of ours`] : []),
  ];
  const lists = wishes.lists.map(({ name, terms }) => `${name} ${formatCount(terms.length)}`).join(', ');
  return {
    counts,
    warnings: [...wishes.warnings, ...shown.warnings],
    failures,
    exitCode: failures.length > 0 ? 3 : 0,
    summary: [
      '',
      parts.join('   '),
      `${formatCount(counts.removed)} terms taken out by ${lists}`,
      ...outputs.map((path) => (dryRun ? `would write ${homePath(path)}` : homePath(path))),
      ...shown.galleries.map((path) => `Gallery  ${homePath(path)}`),
      ...(dryRun ? ['Nothing was changed.'] : []),
    ],
    data: {
      ...(json && outputs.length === 0 ? { prompts: told } : {}),
      ...(shown.galleries.length > 0 ? { galleries: shown.galleries } : {}),
    },
  };
}
