import { rebuildLinks } from '../civitai/links.ts';
import { membersOf } from '../civitai/slice.ts';
import type { Member } from '../civitai/slice.ts';

/** Fields of a model answer that a version's own short model part lacks and other programs read. */
const MODEL_FIELDS = [
  'name',
  'type',
  'nsfw',
  'nsfwLevel',
  'poi',
  'mode',
  'description',
  'tags',
  'creator',
  'allowNoCredit',
  'allowCommercialUse',
  'allowDerivatives',
  'allowDifferentLicense',
];

/**
 * The text of `<stem>.civitai.info`: the version's answer as it came, with the model's facts in `model` and download links
 * on the API's origin; a line a field, no time in it. Texts are joined, not parsed and written again: numbers keep every
 * digit, and ten thousand of them cost little. Both answers must have passed assertJson, as every kept payload has.
 */
export function infoSidecar(versionRaw: string, modelRaw: string | undefined, apiOrigin: string): string {
  const version = fieldsOf(versionRaw);
  if (version.size === 0) return versionRaw;
  const model = modelRaw === undefined ? new Map<string, string>() : fieldsOf(modelRaw);
  const id = model.get('id');
  if (!version.has('modelId') && id !== undefined) version.set('modelId', id);
  version.set('model', joinModel(version.get('model'), model));
  return rebuildLinks(`${objectText(version, '\n  ', '\n')}\n`, apiOrigin);
}

function joinModel(short: string | undefined, model: ReadonlyMap<string, string>): string {
  const joined = short === undefined ? new Map<string, string>() : fieldsOf(short);
  for (const field of MODEL_FIELDS) {
    const text = model.get(field);
    if (text !== undefined) joined.set(field, text);
  }
  return objectText(joined, ' ', ' ');
}

function fieldsOf(raw: string): Map<string, string> {
  return new Map(membersOf(raw).map((member: Member) => [member.key, raw.slice(member.start, member.end)]));
}

function objectText(fields: ReadonlyMap<string, string>, before: string, end: string): string {
  return `{${[...fields].map(([key, text]) => `${before}${JSON.stringify(key)}: ${text}`).join(',')}${end}}`;
}
