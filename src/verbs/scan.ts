import { formatBytes, formatCount } from '../base/bytes.ts';
import { formatSpan } from '../base/dates.ts';
import { UserError } from '../base/errors.ts';
import { parseDuration } from '../base/durations.ts';
import { resolveTargets } from '../archive/targets.ts';
import { endCutMoves } from './organising/end-cut-moves.ts';
import { recorded } from './record-run.ts';
import { IMAGES_OPTION, readImages, readLayout, USUAL_LAYOUT } from './scanning/layout.ts';
import { readSidecarFormats, SIDECARS_OPTION } from './scanning/sidecar-formats.ts';
import { scanRoots } from './scanning/scan-roots.ts';
import type { ScanOutcome, ScanRequest } from './scanning/scan-request.ts';
import type { Deps } from './deps.ts';
import { flagOption, listOption, textOption } from './option.ts';
import type { Input } from './option.ts';
import { homePath, summaryRows } from './summary.ts';
import type { RunResult, Verb } from './verb.ts';

/** `civitarium scan PATH...`: the main job. */
export const scan: Verb = {
  name: 'scan',
  summary: 'identify the model files in folders, keep what is known, write pages',
  description:
    'Finds model files, reads each once to know it by its hash, asks Civitai about those it has no answer for yet (a hundred and more at a time), keeps everything the site says, fetches previews, and writes a page beside every model and a gallery that opens from disk. Run it again at any time: what is done is not done twice, and what was stopped goes on.',
  examples: [
    ['civitarium scan ~/models', 'the whole folder; then open ~/models/gallery.html'],
    ['civitarium scan ~/models --images all', 'every preview the site shows, not only the first'],
    ['civitarium scan ~/models --dry-run', 'what would be hashed, asked and written'],
    ['civitarium scan ~/models --max-age 30d', 'also refresh what is older than a month'],
  ],
  arguments: [
    {
      name: 'path',
      many: true,
      required: false,
      summary: 'folders or model files; without any, the roots of the config',
    },
  ],
  options: [
    IMAGES_OPTION,
    {
      name: 'profile',
      kind: 'text',
      value: 'NAME',
      choices: ['beside', 'collected'],
      summary: 'where things are written: beside the models, or collected in --output (default beside)',
    },
    {
      name: 'output',
      kind: 'text',
      value: 'DIR',
      summary: 'folder for the gallery, or for everything with --profile collected',
    },
    {
      name: 'only',
      kind: 'text',
      value: 'new',
      choices: ['new'],
      summary: 'only files that are new or changed since the last scan',
    },
    {
      name: 'skip-missing',
      kind: 'flag',
      aliases: ['skipmissing'],
      summary: 'do not ask again about files the site did not know',
    },
    {
      name: 'max-age',
      kind: 'text',
      value: 'SPAN',
      summary: 'also refresh answers older than this: 12h, 30d, 8w',
    },
    SIDECARS_OPTION,
    {
      name: 'pattern',
      kind: 'list',
      value: 'GLOB',
      summary: 'only files whose relative path matches, for example lora/**; may be repeated',
    },
  ],
  async run(deps, input) {
    const request = readRequest(deps, input);
    await endCutMoves(deps);
    return await recorded(deps, 'scan', input, async () => scanResult(await scanRoots(deps, request)));
  },
};

function readRequest(deps: Deps, input: Input): ScanRequest {
  const maxAge = textOption(input, 'max-age');
  const maxAgeMs = maxAge === undefined ? undefined : parseDuration(maxAge);
  if (maxAge !== undefined && maxAgeMs === undefined) {
    throw new UserError(`--max-age takes a span such as 12h, 30d or 8w, not "${maxAge}".`, {
      code: 'bad-argument',
    });
  }
  const patterns = listOption(input, 'pattern');
  return {
    ...(readLayout(input, deps.cwd) ?? USUAL_LAYOUT),
    keepsLayout: readLayout(input, deps.cwd) === undefined,
    targets: resolveTargets(input.arguments, deps.cwd),
    images: readImages(input),
    onlyNew: textOption(input, 'only') === 'new',
    skipMissing: flagOption(input, 'skip-missing'),
    maxAgeMs,
    patterns: patterns.length > 0 ? patterns : undefined,
    sidecars: readSidecarFormats(input),
  };
}

/** What a scan did, as the result of a run. */
export function scanResult(outcome: ScanOutcome): RunResult {
  const { counts, planned } = outcome;
  const warnings = [...outcome.warnings];
  const failures = [...outcome.failures];
  if (outcome.stopped !== undefined)
    failures.push({
      what: 'Civitai',
      code: outcome.stopped.code,
      why: outcome.stopped.message,
      next: 'Everything known so far is saved; the next scan goes on from here.',
    });
  const exitCode = outcome.stopped !== undefined ? 4 : failures.length > 0 ? 3 : 0;
  return {
    counts,
    warnings,
    failures,
    exitCode,
    summary: planned ?? summaryLines(outcome),
    data: { galleries: outcome.galleries, ...(outcome.plan === undefined ? {} : { plan: outcome.plan }) },
  };
}

function summaryLines(outcome: ScanOutcome): string[] {
  const { counts, galleries, hashMs, tookMs, requests, previewBytes, written } = outcome;
  const parts = [
    `${formatCount(counts.files)} files`,
    `${formatCount(counts.identified)} known`,
    `${formatCount(counts.missing)} unknown`,
  ];
  if (counts.removed > 0) parts.push(`${formatCount(counts.removed)} removed from the site`);
  if (counts.unchecked > 0) parts.push(`${formatCount(counts.unchecked)} unchecked`);
  if (counts.failed > 0) parts.push(`${formatCount(counts.failed)} unreadable`);
  const work = [
    `${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'} in ${formatSpan(tookMs)}`,
  ];
  if (counts.hashed > 0) work.push(`${formatBytes(counts.hash_bytes)} hashed in ${formatSpan(hashMs)}`);
  if (counts.previews > 0)
    work.push(`${formatCount(counts.previews)} previews (${formatBytes(previewBytes)})`);
  if (written === 0) work.push('nothing new to write');
  return ['', ...summaryRows([parts, work]), ...galleries.map((path) => `Gallery  ${homePath(path)}`)];
}
