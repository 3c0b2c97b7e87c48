import { UserError } from '../src/base/errors.ts';

/** Faults that replace, break or spoil the answer; at most one of a rule's befalls a request. */
export const BREAKING = [
  'reset',
  'truncate',
  'length',
  'bytes',
  '429',
  '429-date',
  '429-bare',
  '500',
  '502',
  '503',
  '524',
  'html',
  'html-403',
  'error-200',
  'redirect',
  '401',
  '403',
  '404',
  '410',
  '451',
] as const;

/** Faults that only slow the answer down; drawn by themselves, beside the breaking ones. */
const SLOWING = ['delay', 'trickle'] as const;

/** `any` stands for all of BREAKING that a client is expected to get over by asking again. */
const PASSING = [
  'reset',
  'truncate',
  'length',
  '429',
  '429-date',
  '429-bare',
  '500',
  '502',
  '503',
  '524',
  'html',
  'html-403',
] as const satisfies readonly FaultName[];

export type FaultName = (typeof BREAKING)[number] | (typeof SLOWING)[number];

/** One fault of a rule. */
export interface FaultRate {
  readonly name: FaultName;
  /** Share of the requests it befalls, 0–1. */
  readonly rate: number;
  /** delay: ms · trickle: bytes a second · truncate: share sent · length: difference · 429, 503: seconds to wait · redirect: a port of this machine. */
  readonly amount: number | undefined;
}

/** The faults of some routes. */
export interface FaultRule {
  /** An endpoint's name, a run of whole segments of it, `*`, or a path beginning with `/` in which `*` is anything. */
  readonly pattern: string;
  readonly faults: readonly FaultRate[];
  /** Every connection is reset after so many requests; 0 is "down from now". */
  readonly diesAfter: number | undefined;
}

/**
 * Reads `PATTERN:fault=rate,…;PATTERN:…`, for example `by-hash:reset=0.1,429=0.2@5;media:truncate=0.3;*:dies@100`. A rate
 * is 0–1, its amount stands after `@`. `down` and `dies@N` take no rate; `any=0.5` spreads a rate over all the faults a
 * client should get over. Throws UserError.
 */
export function parseFaults(text: string): FaultRule[] {
  return text
    .split(';')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
    .map(parseRule);
}

function parseRule(text: string): FaultRule {
  const colon = text.lastIndexOf(':');
  if (colon < 1) throw unreadable(text, 'it has no colon after the route');
  const faults: FaultRate[] = [];
  let diesAfter: number | undefined;
  for (const part of text.slice(colon + 1).split(',')) {
    const match = /^\s*([a-z0-9-]+)(?:=([0-9.]+))?(?:@([+-]?[0-9.]+))?\s*$/.exec(part);
    if (match === null) throw unreadable(part, 'a fault looks like name=rate or name=rate@amount');
    const name = match[1] ?? '';
    const amount = match[3] === undefined ? undefined : Number(match[3]);
    if (name === 'down') diesAfter = 0;
    else if (name === 'dies') diesAfter = wholeNumber(part, amount);
    else faults.push(...spread(part, name, match[2], amount));
  }
  const breaking = faults.filter((fault) => isBreaking(fault.name));
  if (breaking.reduce((sum, fault) => sum + fault.rate, 0) > 1 + 1e-9) {
    throw unreadable(text, 'its rates together are more than 1');
  }
  return { pattern: text.slice(0, colon).trim(), faults, diesAfter };
}

function spread(part: string, name: string, rateText: string | undefined, amount: number | undefined) {
  const rate = Number(rateText ?? NaN);
  if (!(rate >= 0 && rate <= 1)) throw unreadable(part, 'its rate must be a number from 0 to 1');
  if (amount !== undefined && Number.isNaN(amount)) throw unreadable(part, 'its amount is no number');
  if (name === 'any') {
    return PASSING.map((one): FaultRate => ({ name: one, rate: rate / PASSING.length, amount: undefined }));
  }
  if (!isFaultName(name)) throw unreadable(part, `faults are ${[...SLOWING, ...BREAKING].join(', ')}, any`);
  return [{ name, rate, amount }];
}

function wholeNumber(part: string, amount: number | undefined): number {
  if (amount === undefined || !Number.isSafeInteger(amount) || amount < 0) {
    throw unreadable(part, 'it needs a number of requests, as in dies@100');
  }
  return amount;
}

function isFaultName(name: string): name is FaultName {
  return ([...BREAKING, ...SLOWING] as readonly string[]).includes(name);
}

/** True for faults of which at most one befalls a request. */
export function isBreaking(name: FaultName): boolean {
  return (BREAKING as readonly string[]).includes(name);
}

function unreadable(part: string, why: string): UserError {
  return new UserError(`The fault "${part.trim()}" can't be read: ${why}.`, {
    code: 'bad-fault-spec',
    next: "Write it like --faults 'by-hash:reset=0.1,429=0.2;media:truncate=0.3'.",
  });
}

/** Says whether a rule's pattern means this request. */
export function patternFits(pattern: string, endpoint: string, path: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('/')) return globFits(pattern, path);
  return `/${endpoint}/`.includes(`/${pattern}/`);
}

/** `*` stands for any run of characters, also none. Walks once; nothing to backtrack into. */
function globFits(glob: string, path: string): boolean {
  const parts = glob.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return glob === path;
  if (!path.startsWith(first) || !path.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= path.length - last.length;
}
