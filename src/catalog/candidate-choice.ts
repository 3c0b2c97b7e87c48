import { termsOf } from '../query/terms.ts';

/** A library file, as far as the choice looks at it. */
export interface ChoosingFile {
  /** Base name with extension. */
  readonly name: string;
  readonly stem: string;
  readonly size: number;
}

/** A version that the file's bytes may belong to, and the file of it that they are. */
export interface ChoiceCandidate {
  readonly versionId: number;
  readonly modelId: number;
  /** 0 when no answer listed the file; then all it would tell is undefined. */
  readonly civitaiFileId: number;
  readonly fileName: string | undefined;
  readonly sizeBytes: number | undefined;
  readonly precision: string | undefined;
  readonly format: string | undefined;
  readonly type: string | undefined;
  readonly modelName: string | undefined;
  readonly versionName: string | undefined;
  readonly publishedAt: number | undefined;
  readonly primary: boolean;
}

export interface Chosen {
  readonly versionId: number;
  readonly civitaiFileId: number;
  /** Why this one, a phrase for people. */
  readonly reason: string;
}

interface Criterion {
  readonly reason: string;
  /** Higher is better. */
  score(candidate: ChoiceCandidate, file: ChoosingFile): number;
}

/** sizeKB is a fraction: bytes computed from it may be off by one. */
const SIZE_TOLERANCE = 1;
const PRECISION = /(?:fp|bf|nf|int|mxfp|nvfp)(?:4|8|16|32)/g;
/** ` (1)`, `_copy`, ` - Copy`: what browsers and people add to a second download. */
const COPY_MARK = /(?:[\s_-]*\(\d{1,3}\)|[\s_-]+copy(?:[\s_-]*\d{1,3})?)$/i;

/** In falling weight; the first that tells two candidates apart decides. */
const CRITERIA: readonly Criterion[] = [
  {
    reason: 'its file has the same name',
    score: (candidate, file) => (sameName(candidate.fileName, file.name) ? 1 : 0),
  },
  {
    reason: 'its file has nearly the same name',
    score: (candidate, file) => (sameLetters(candidate.fileName, file.stem) ? 1 : 0),
  },
  { reason: 'the file is named after it', score: namedAfter },
  {
    reason: 'its file has the same size',
    score: (candidate, file) => (sameSize(candidate.sizeBytes, file.size) ? 1 : 0),
  },
  { reason: 'the file name tells its precision', score: precisionScore },
  { reason: "it is the version's main file", score: (candidate) => (candidate.primary ? 1 : 0) },
  { reason: 'it was published first', score: (candidate) => -(candidate.publishedAt ?? Number.MAX_VALUE) },
  { reason: 'it has the lowest number', score: (candidate) => -candidate.versionId },
  { reason: 'it has the lowest number', score: (candidate) => -candidate.civitaiFileId },
];

/**
 * The version a file counts as, when its bytes are in several: file name first, then size, precision, main file, age and
 * number. The order of the candidates makes no difference. `undefined` when there are none.
 */
export function chooseCandidate(
  file: ChoosingFile,
  candidates: readonly ChoiceCandidate[],
): Chosen | undefined {
  let left = [...candidates];
  let reason = 'the only version with these bytes';
  for (const criterion of CRITERIA) {
    if (left.length < 2) break;
    const scores = left.map((candidate) => criterion.score(candidate, file));
    const best = Math.max(...scores);
    const better = left.filter((_candidate, index) => scores[index] === best);
    // Between two files of one version there is nothing for the user to wonder about.
    if (better.length < left.length && isOneVersion(better) && !isOneVersion(left)) reason = criterion.reason;
    left = better;
  }
  const chosen = left[0];
  return chosen && { versionId: chosen.versionId, civitaiFileId: chosen.civitaiFileId, reason };
}

function isOneVersion(candidates: readonly ChoiceCandidate[]): boolean {
  return new Set(candidates.map((candidate) => candidate.versionId)).size === 1;
}

function sameName(name: string | undefined, ours: string): boolean {
  return name !== undefined && name.normalize('NFC').toLowerCase() === ours.normalize('NFC').toLowerCase();
}

function sameLetters(name: string | undefined, stem: string): boolean {
  if (name === undefined) return false;
  const theirs = lettersOf(name.replace(/\.[^.]{1,12}$/, ''));
  return theirs !== '' && theirs === lettersOf(stem.replace(COPY_MARK, ''));
}

function lettersOf(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''); // prettier-ignore
}

/** 2 when model and version are named in the file name, 1 for one of them. */
function namedAfter(candidate: ChoiceCandidate, file: ChoosingFile): number {
  const terms = new Set(termsOf(file.stem));
  const letters = lettersOf(file.stem);
  const names = [candidate.modelName, candidate.versionName];
  return names.filter((name) => name !== undefined && isNamed(name, terms, letters)).length;
}

function isNamed(name: string, terms: ReadonlySet<string>, letters: string): boolean {
  const wanted = termsOf(name);
  if (wanted.length === 0) return false;
  return (
    wanted.every((term) => terms.has(term)) ||
    (lettersOf(name).length > 3 && letters.includes(lettersOf(name)))
  );
}

function sameSize(bytes: number | undefined, ours: number): boolean {
  return bytes !== undefined && Math.abs(bytes - ours) <= SIZE_TOLERANCE;
}

/** 1 when the file name tells this precision, -1 when it tells another one, 0 when it tells none. */
function precisionScore(candidate: ChoiceCandidate, file: ChoosingFile): number {
  const told = file.stem.toLowerCase().match(PRECISION);
  if (told === null || candidate.precision === undefined) return 0;
  const precision = candidate.precision.toLowerCase();
  return told.some((text) => precision.startsWith(text)) ? 1 : -1;
}
