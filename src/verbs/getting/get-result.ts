import { formatBytes, formatCount } from '../../base/bytes.ts';
import { formatSpan } from '../../base/dates.ts';
import { homePath, summaryRows } from '../summary.ts';
import type { Failure, RunResult } from '../verb.ts';
import { coverageLines, coverageTold } from './coverage-told.ts';
import type { GetOutcome } from './get-wanted.ts';
import { bytesToFetch } from './plan-lines.ts';

/** What `get` did, as the result of a run: `wanted` = `fetched + held + refused + failed`. */
export function getResult(outcome: GetOutcome): RunResult {
  const { planned, unwanted, described, images, users, shown, lines, warnings } = outcome;
  const galleries = galleriesOf(outcome);
  const counts = countsOf(outcome);
  const failures = failuresOf(outcome);
  const stopped = outcome.stopped ?? described.stopped ?? outcome.copies.stopped;
  if (stopped !== undefined) {
    failures.push({
      what: 'the run',
      code: stopped.code,
      why: stopped.message,
      next: stopped.next ?? 'Run the same command again: it goes on where it stopped.',
    });
  }
  const { bytes } = bytesToFetch(planned);
  return {
    counts,
    warnings: [...warnings, ...images.warnings, ...users.warnings, ...described.warnings, ...shown.warnings],
    failures: [...failures, ...described.failures, ...shown.failures],
    exitCode:
      stopped !== undefined
        ? 4
        : failures.length + described.failures.length + shown.failures.length > 0
          ? 3
          : 0,
    summary: [
      ...(lines === undefined ? summaryOf(outcome, counts) : ['', ...lines]),
      ...coverageLines(outcome),
      ...(lines === undefined ? [] : ['Nothing was fetched.']),
    ],
    data: {
      galleries,
      files: filesOf(outcome),
      ...(outcome.coverage.length > 0 ? { coverage: coverageTold(outcome) } : {}),
      ...(lines === undefined
        ? {}
        : {
            plan: {
              to_fetch: planned.filter(({ step }) => step === 'fetch').length,
              to_fetch_bytes: bytes,
              held: planned.filter(({ step }) => step === 'held' || step === 'share').length,
              unwanted: unwanted.length,
            },
          }),
    },
  };
}

/** Each once: models and images may have come into one. */
function galleriesOf({ described, shown }: GetOutcome): string[] {
  return [...new Set([...described.galleries, ...shown.galleries])];
}

/** Where each file is or would be, for scripts. */
function filesOf({ planned, ended }: GetOutcome): unknown[] {
  const ends = new Map(ended.map(({ row, end }) => [row.path, end]));
  return planned.map(({ want, path, step }) => {
    const end = ends.get(path);
    const now = end === undefined ? step : end.state === 'done' ? end.how : end.state;
    return { path: end?.state === 'done' ? end.path : path, step: now, size: want.size ?? null };
  });
}

type Counts = Readonly<
  Record<
    'wanted' | 'fetched' | 'held' | 'refused' | 'failed' | 'models' | 'versions' | 'images' | 'bytes',
    number
  >
>;

/** Under `--dry-run` what would be fetched counts as fetched. */
function countsOf(outcome: GetOutcome): Counts {
  const { planned, unwanted, ended, described, lines } = outcome;
  const wanted = planned.length + unwanted.length;
  const count = (...steps: readonly string[]): number =>
    planned.filter(({ step }) => steps.includes(step)).length;
  const done = ended.filter(({ end }) => end.state === 'done');
  const came = done.filter(({ end, fetched }) => 'how' in end && end.how === 'fetched' && fetched > 0).length;
  const files = planned.filter(({ want }) => want.kind === 'file');
  const isPlan = lines !== undefined;
  const fetched = isPlan ? count('fetch') : came;
  const held = isPlan ? count('held', 'share') : count('held') + done.length - came;
  const refused =
    count('leave') +
    unwanted.filter(({ state }) => state === 'refused').length +
    ended.filter(({ end }) => end.state === 'refused').length;
  return {
    wanted,
    fetched,
    held,
    refused,
    failed: wanted - fetched - held - refused,
    models: different(files.map(({ want }) => want.modelId)),
    versions: different(files.map(({ want }) => want.versionId)),
    images: described.counts.previews + imagesIn(outcome),
    bytes: ended.reduce((sum, one) => sum + one.fetched, 0),
  };
}

function different(ids: readonly (number | undefined)[]): number {
  return new Set(ids.filter((id) => id !== undefined)).size;
}

/** Images that were brought, or would be. */
function imagesIn({ planned, ended, lines }: GetOutcome): number {
  if (lines !== undefined)
    return planned.filter(({ step, want }) => step === 'fetch' && want.kind === 'image').length;
  return ended.filter(({ row, end }) => row.kind === 'image' && end.state === 'done').length;
}

function failuresOf({ planned, unwanted, ended, images, users, copies }: GetOutcome): Failure[] {
  const left = planned.filter(({ step }) => step === 'leave');
  return [
    ...unwanted.map(({ what, code, why, next }) => ({ what, code, why, next })),
    ...left.map(({ want, row }) => ({
      what: want.title,
      code: row?.reason ?? 'refused',
      why: row?.why ?? 'The site refused it.',
      next: row?.next ?? 'Ask again with --retry-failed.',
    })),
    ...[...ended, ...copies.ended].flatMap(({ row, end }): Failure[] =>
      end.state === 'done' ? [] : [{ what: row.path, code: end.reason, why: end.why, next: end.next }],
    ),
    ...images.failures,
    ...users.failures,
  ];
}

function summaryOf(outcome: GetOutcome, counts: Counts): string[] {
  const { described, requests, unofficial, tookMs, ended, images, users, copies } = outcome;
  const parts = [`${formatCount(counts.wanted)} wanted`, `${formatCount(counts.fetched)} fetched`];
  for (const state of ['held', 'refused', 'failed'] as const)
    if (counts[state] > 0) parts.push(`${formatCount(counts[state])} ${state}`);
  const work = [
    `${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'} in ${formatSpan(tookMs)}`,
    ...(unofficial > 0 ? [`${formatCount(unofficial)} of them unofficial`] : []),
    ...(counts.bytes > 0 ? [`${formatBytes(counts.bytes)} fetched`] : []),
    ...(described.counts.previews > 0 ? [`${formatCount(described.counts.previews)} previews`] : []),
    ...(images.notes > 0 ? [`${formatCount(images.notes)} notes of images`] : []),
    ...(users.metas > 0 ? [`${formatCount(users.metas)} files about versions`] : []),
  ];
  const copied = copies.ended.filter(({ end }) => end.state === 'done').length;
  if (copied > 0) work.push(`${formatCount(copied)} ${copied === 1 ? 'LoRA' : 'LoRAs'} placed again`);
  const unproven = ended.filter(
    ({ row, end }) => row.kind === 'file' && end.state === 'done' && !end.verified,
  ).length;
  if (unproven > 0) work.push(`${formatCount(unproven)} without a promised SHA-256`);
  return [
    '',
    ...summaryRows([parts, work]),
    ...galleriesOf(outcome).map((path) => `Gallery  ${homePath(path)}`),
  ];
}
