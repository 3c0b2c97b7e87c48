import { isRecord } from '../base/json.ts';
import { rebuildLinks } from '../civitai/links.ts';

/** Fields of a model answer that a version's own short model part lacks and other programs read. */
const MODEL_FIELDS = ['name', 'type', 'nsfw', 'nsfwLevel', 'poi', 'mode', 'description', 'tags', 'creator', 'allowNoCredit', 'allowCommercialUse', 'allowDerivatives', 'allowDifferentLicense'] as const;

/** `JSON.rawJSON` and source access are in Node 24 but not yet in the language library. */
interface RawJson {
  rawJSON(text: string): unknown;
}

/**
 * The text of `<stem>.civitai.info`: the version's answer as it came, with the model's facts in `model`, download links on
 * the API's origin, indented, no time in it. Numbers keep every digit.
 */
export function infoSidecar(versionRaw: string, modelRaw: string | undefined, apiOrigin: string): string {
  const version = parseExact(versionRaw);
  if (!isRecord(version)) return versionRaw;
  const model = modelRaw === undefined ? undefined : parseExact(modelRaw);
  const joined = { ...version, ...(isRecord(model) ? { modelId: version['modelId'] ?? model['id'], model: mergeModel(version['model'], model) } : {}) };
  return `${rebuildLinks(JSON.stringify(joined, undefined, 2), apiOrigin)}\n`;
}

function mergeModel(short: unknown, model: Record<string, unknown>): Record<string, unknown> {
  const known = MODEL_FIELDS.filter((field) => model[field] !== undefined).map((field) => [field, model[field]]);
  return { ...(isRecord(short) ? short : {}), ...Object.fromEntries(known) as Record<string, unknown> };
}

/** Parses JSON so that stringifying gives every number back as it was written. */
function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    return String(value) === context.source ? value : (JSON as unknown as RawJson).rawJSON(context.source);
  });
}
