import { parseJson } from '../base/json.ts';
import { membersOf, sliceItems, sliceMember } from '../civitai/slice.ts';

/**
 * The JSON text of one version inside a model's answer, with its model's id added where it says none; `undefined` when
 * it is not in it. The answer must have passed assertJson, as every kept payload has.
 */
export function versionInModel(modelRaw: string, versionId: number): string | undefined {
  const versions = sliceMember(modelRaw, 'modelVersions');
  const text =
    versions?.startsWith('[') === true
      ? sliceItems(versions).find((item) => idIn(item) === versionId)
      : undefined;
  if (text === undefined || membersOf(text).some((member) => member.key === 'modelId')) return text;
  const modelId = idIn(modelRaw);
  return modelId === undefined ? text : text.replace('{', `{"modelId":${modelId},`);
}

/** The id of an answer, which some years wrote as text. */
function idIn(raw: string): number | undefined {
  const member = membersOf(raw).find(({ key }) => key === 'id');
  const id = member === undefined ? undefined : parseJson(raw.slice(member.start, member.end));
  const number = typeof id === 'string' || typeof id === 'number' ? Number(id) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
