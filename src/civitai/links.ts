import type { CivitaiFileId, ModelId, VersionId } from '../base/ids.ts';
import { assertJson, elementsOf, membersOf, type Member } from './slice.ts';

const SITE = 'https://civitai.com';

/** The page of a version: stays right when its model is renamed or merged. */
export function versionPage(id: VersionId): string {
  return `${SITE}/model-versions/${id}`;
}

/** The page of a model, opened at a version when given. */
export function modelPage(id: ModelId, version?: VersionId): string {
  return version === undefined ? `${SITE}/models/${id}` : `${SITE}/models/${id}?modelVersionId=${version}`;
}

/** The page of a creator. */
export function creatorPage(username: string): string {
  return `${SITE}/user/${encodeURIComponent(username)}`;
}

/**
 * The download link of a file, or of a version's primary file. Only `fileId` picks one for certain: links with
 * type, format and precision, as the API gives them, can be 404 [notes: downloads].
 */
export function downloadLink(apiOrigin: string, version: VersionId, file?: CivitaiFileId): string {
  const base = `${apiOrigin}/api/download/models/${version}`;
  return file === undefined ? base : `${base}?fileId=${file}`;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text of a version or model answer with every `downloadUrl` of a version or file pointing to `apiOrigin`, files by
 * their id; all else stays byte for byte. Batch answers carry `https://undefined` there. Throws SyntaxError on broken
 * JSON; texts that are no object come back as they are.
 */
export function rebuildLinks(raw: string, apiOrigin: string): string {
  assertJson(raw);
  const edits = linkEdits(raw, 0, apiOrigin).sort((a, b) => a.start - b.start);
  let text = '';
  let at = 0;
  for (const edit of edits) {
    text += raw.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + raw.slice(at);
}

/** Edits of the version or model at `from`. */
function linkEdits(raw: string, from: number, apiOrigin: string): Edit[] {
  const members = membersOf(raw, from);
  const versionId = idOf(raw, members) ?? idInLink(textOf(raw, members, 'downloadUrl'));
  const own = editOf(raw, members, (link) => linkFor(apiOrigin, idInLink(link) ?? versionId, undefined));
  const files = partsOf(raw, members, 'files').flatMap((start) =>
    fileEdits(raw, start, versionId, apiOrigin),
  );
  const versions = partsOf(raw, members, 'modelVersions').flatMap((start) =>
    linkEdits(raw, start, apiOrigin),
  );
  return [...own, ...files, ...versions];
}

function fileEdits(raw: string, from: number, versionId: VersionId | undefined, apiOrigin: string): Edit[] {
  const members = membersOf(raw, from);
  const fileId = idOf(raw, members);
  // A linked file (a VAE) belongs to another version: its own link says to which.
  return editOf(raw, members, (link) => linkFor(apiOrigin, idInLink(link) ?? versionId, fileId));
}

function linkFor(
  apiOrigin: string,
  version: VersionId | undefined,
  file: number | undefined,
): string | undefined {
  return version === undefined
    ? undefined
    : downloadLink(apiOrigin, version, file as CivitaiFileId | undefined);
}

function editOf(
  raw: string,
  members: readonly Member[],
  rebuild: (link: string) => string | undefined,
): Edit[] {
  const member = members.findLast((entry) => entry.key === 'downloadUrl');
  const link = textOf(raw, members, 'downloadUrl');
  if (member === undefined || link === undefined) return [];
  const rebuilt = rebuild(link);
  return rebuilt === undefined
    ? []
    : [{ start: member.start, end: member.end, text: JSON.stringify(rebuilt) }];
}

function partsOf(raw: string, members: readonly Member[], key: string): number[] {
  const member = members.findLast((entry) => entry.key === key);
  return member === undefined ? [] : elementsOf(raw, member.start).map((span) => span.start);
}

function valueOf(raw: string, members: readonly Member[], key: string): unknown {
  const member = members.findLast((entry) => entry.key === key);
  return member === undefined ? undefined : JSON.parse(raw.slice(member.start, member.end));
}

function textOf(raw: string, members: readonly Member[], key: string): string | undefined {
  const value = valueOf(raw, members, key);
  return typeof value === 'string' ? value : undefined;
}

function idOf(raw: string, members: readonly Member[]): VersionId | undefined {
  const value = valueOf(raw, members, 'id');
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
    ? (value as VersionId)
    : undefined;
}

function idInLink(link: string | undefined): VersionId | undefined {
  const digits = /\/api\/download\/models\/(\d{1,10})(?:[?#/]|$)/.exec(link ?? '')?.[1];
  return digits === undefined ? undefined : (Number(digits) as VersionId);
}
