import { isRecord, scrubText } from '../base/json.ts';

import type { ImageView } from './views.ts';

type ResourceView = ImageView['resources'][number];

/** A model that an image names, before the catalog is asked what it is. */
export interface NamedResource {
  readonly name: string | undefined;
  /** Lower case: `model`, `lora`, `embed` …; empty when nothing was said. */
  readonly type: string;
  /** As written. */
  readonly weight: string | undefined;
  readonly versionId: number | undefined;
  /** Any of the site's hash types, lower case. */
  readonly hash: string | undefined;
}

/** What the catalog knows of the named ones. */
export interface KnownResources {
  readonly names: ReadonlyMap<number, string>;
  readonly versionOfHash: ReadonlyMap<string, number>;
}

const MOST_RESOURCES = 40;
const LONGEST = 200;
/** The hash of nothing, which broken trainers write. */
const EMPTY_HASH = 'e3b0c442';

/** The models named in an image's settings, in all the forms there are, each once. */
export function namedResources(settings: Readonly<Record<string, unknown>>): NamedResource[] {
  const found = [
    ...listOf(settings['civitaiResources']).map(ofSite),
    ...listOf(settings['additionalResources']).map(ofGenerator),
    ...listOf(settings['resources']).map(ofInfotext),
    ...hashesOf(settings['hashes']),
  ];
  const seen = new Set<string>();
  const kept: NamedResource[] = [];
  for (const resource of found) {
    const marks = [
      resource.versionId,
      resource.hash,
      resource.name && `${resource.type} ${resource.name.toLowerCase()}`,
    ];
    const known = marks.filter((mark) => mark !== undefined).map(String);
    if (known.length === 0 || known.some((mark) => seen.has(mark))) continue;
    for (const mark of known) seen.add(mark);
    kept.push(resource);
    if (kept.length === MOST_RESOURCES) break;
  }
  return kept;
}

/** With the catalog's knowledge: the version behind a hash, the model's name where only a number was given. */
export function resourceViews(resources: readonly NamedResource[], known: KnownResources): ResourceView[] {
  const views = new Map<string, ResourceView>();
  for (const { name, type, weight, versionId, hash } of resources) {
    const id = versionId ?? (hash === undefined ? undefined : known.versionOfHash.get(hash));
    const label = name ?? (id === undefined ? undefined : (known.names.get(id) ?? `version ${id}`));
    const key = id === undefined ? `${type} ${label}` : String(id);
    if (label === undefined || views.has(key)) continue;
    views.set(key, { name: label, type, weight, versionId: id });
  }
  return [...views.values()];
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.slice(0, MOST_RESOURCES).filter(isRecord) : [];
}

/** `civitaiResources`: made on the site or by its extension. */
function ofSite(item: Record<string, unknown>): NamedResource {
  const version = text(item['versionName']) ?? text(item['modelVersionName']);
  const model = text(item['modelName']);
  return {
    name: model === undefined ? undefined : [model, version].filter(Boolean).join(' '),
    type: typeOf(item['type']),
    weight: weightOf(item['weight'] ?? item['strength']),
    versionId: idOf(item['modelVersionId']) ?? airVersion(item['air']),
    hash: undefined,
  };
}

/** `additionalResources`: of the site's generator. Their names are often AIRs. */
function ofGenerator(item: Record<string, unknown>): NamedResource {
  const name = text(item['name']);
  return {
    name: name?.startsWith('urn:') === true ? undefined : name,
    type: typeOf(item['type']),
    weight: weightOf(item['strength'] ?? item['weight']),
    versionId: airVersion(item['air']) ?? airVersion(name),
    hash: undefined,
  };
}

function ofInfotext(item: Record<string, unknown>): NamedResource {
  return {
    name: text(item['name']),
    type: typeOf(item['type']),
    weight: weightOf(item['weight']),
    versionId: idOf(item['modelVersionId']),
    hash: hashOf(item['hash']),
  };
}

/** `{"model": "abc", "lora:name": "def"}`. */
function hashesOf(value: unknown): NamedResource[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).slice(0, MOST_RESOURCES).map(([label, hash]) => {
    const colon = label.indexOf(':');
    const name = colon === -1 ? undefined : text(label.slice(colon + 1));
    return { name, type: typeOf(colon === -1 ? label : label.slice(0, colon)), weight: undefined, versionId: undefined, hash: hashOf(hash) };
  }); // prettier-ignore
}

function text(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return scrubText(value.slice(0, LONGEST)).trim() || undefined;
}

/** Sometimes the type stands in the text of a record: `… { Strength = 1, Type = lora }`. */
function typeOf(value: unknown): string {
  const told = text(value) ?? '';
  return (/\bType = (\w{1,40})/.exec(told)?.[1] ?? (told.length > 40 ? '' : told)).toLowerCase();
}

function weightOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return text(value)?.slice(0, 20);
}

function idOf(value: unknown): number | undefined {
  const id = Number(value);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** The version at the end of `urn:air:sdxl:lora:civitai:123@456`. */
function airVersion(value: unknown): number | undefined {
  const told = text(value);
  return told?.includes(':civitai:') === true ? idOf(/@(\d{1,10})$/.exec(told)?.[1]) : undefined;
}

function hashOf(value: unknown): string | undefined {
  const hash = text(value)?.toLowerCase().replace(/^0x/, ''); // prettier-ignore
  return hash !== undefined && /^[0-9a-f]{8,64}$/.test(hash) && !hash.startsWith(EMPTY_HASH)
    ? hash
    : undefined;
}
