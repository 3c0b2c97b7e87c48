import { createHash } from 'node:crypto';
import { canonicalJson, isRecord, parseJson, type Json } from '../base/json.ts';

/**
 * What moves by itself, without the creator or the site changing anything: counters, the hour of the last scan, ranks.
 * A version's, file's and image's are left out at their own places only; inside `meta` and `trainingDetails` words are
 * words.
 */
const VOLATILE = new Set([
  'stats',
  'rank',
  'reactionCount',
  'commentCount',
  'collectedCount',
  'tippedAmountCount',
  'downloadCount',
  'scannedAt',
  'scanRequestedAt',
  // Personal or of the moment: depends on who asks, or on the load of the generator.
  'hasAccess',
  'supportsGeneration',
  'covered',
  'canGenerate',
]);

/** Lists whose elements have volatile parts of their own. */
const NESTED = new Set(['modelVersions', 'files', 'images', 'model']);

/**
 * SHA-256 (hex) of an answer's meaning: key order, spelling, statistics and the hosts of download links aside. Equal
 * digests mean nothing worth keeping has changed. Throws SyntaxError on broken JSON.
 */
export function stableDigest(raw: string): string {
  return createHash('sha256')
    .update(canonicalJson(steady(parseJson(raw))))
    .digest('hex');
}

function steady(value: Json): Json {
  if (Array.isArray(value)) return value.map(steady);
  if (!isRecord(value)) return value;
  const kept: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (VOLATILE.has(key)) continue;
    if (key === 'downloadUrl') kept.push([key, withoutHost(inner)]);
    else kept.push([key, NESTED.has(key) ? steady(inner) : inner]);
  }
  return Object.fromEntries(kept);
}

/** The same link is given with the host of the request, the site's own, or `undefined`. */
function withoutHost(link: Json): Json {
  return typeof link === 'string' ? link.replace(/^https?:\/\/[^/]*/, '') : link;
}
