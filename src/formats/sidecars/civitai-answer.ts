import { isRecord } from '../../base/json.ts';
import { sidecarFacts } from './facts.ts';
import type { SidecarFacts, SidecarFormat } from './facts.ts';
import { hashesIn, idIn, numberIn, textIn, textsIn } from './fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A version answer of the site kept as a file: `.civitai.info`, `.api_info.json`, CivitScraper's and the data manager's
 * files. An empty object or an error object says that the site did not know the file. `undefined` for anything else.
 */
export function readVersionAnswer(value: Fields, format: SidecarFormat): SidecarFacts | undefined {
  if (isUnknown(value)) return sidecarFacts({ format, unknownToSite: true });
  const versionId = idIn(value['id']);
  const model = recordIn(value['parentModel']) ?? recordIn(value['model']);
  const looksLikeVersion =
    Object.hasOwn(value, 'modelId') || Object.hasOwn(value, 'files') || model !== undefined;
  if (versionId === undefined || !looksLikeVersion) return undefined;
  const file = fileIn(value['files']);
  return sidecarFacts({
    format,
    modelName: textIn(model?.['name']),
    versionName: textIn(value['name']),
    trainedWords: textsIn(Array.isArray(value['trainedWords']) ? value['trainedWords'] : undefined),
    notes: textIn(value['notes']),
    description: textIn(value['description']),
    baseModel: textIn(value['baseModel']),
    modelType: textIn(model?.['type']),
    creator: textIn(recordIn(model?.['creator'] ?? value['creator'])?.['username']),
    tags: textsIn(model?.['tags']),
    modelId: idIn(value['modelId']) ?? idIn(model?.['id']),
    versionId,
    hashes: hashesIn(file?.['hashes']),
    size: sizeIn(file),
  });
}

/** A model answer of the site kept as a file. */
export function readModelAnswer(value: Fields, format: SidecarFormat): SidecarFacts | undefined {
  if (isUnknown(value)) return sidecarFacts({ format, unknownToSite: true });
  const modelId = idIn(value['id']);
  if (modelId === undefined || !Array.isArray(value['modelVersions'])) return undefined;
  return sidecarFacts({
    format,
    modelName: textIn(value['name']),
    description: textIn(value['description']),
    modelType: textIn(value['type']),
    creator: textIn(recordIn(value['creator'])?.['username']),
    tags: textsIn(value['tags']),
    modelId,
  });
}

/** `{}`, or an error kept in place of an answer; only a 404 says something of the file, an outage does not. */
function isUnknown(value: Fields): boolean {
  if (Object.keys(value).length === 0) return true;
  return Object.hasOwn(value, 'error') && value['status_code'] === 404;
}

/** The file that the hashes are of: the primary one, or the only one. */
function fileIn(value: unknown): Fields | undefined {
  const files = Array.isArray(value) ? value.slice(0, 100).filter(isRecord) : [];
  return files.find((file) => file['primary'] === true) ?? (files.length === 1 ? files[0] : undefined);
}

function sizeIn(file: Fields | undefined): number | undefined {
  const kilobytes = numberIn(file?.['sizeKB']);
  return kilobytes === undefined || kilobytes <= 0 ? undefined : Math.round(kilobytes * 1024);
}

function recordIn(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}
