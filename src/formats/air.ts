/** AIR, Civitai's name for one resource: `urn:air:{ecosystem}:{type}:{source}:{id}@{version}+{file}.{format}`. */
export interface Air {
  /** `sdxl`, `sd1`, `flux1`; root ecosystem in lower case. */
  readonly ecosystem: string | undefined;
  /** `checkpoint`, `lora`, `embedding` … in lower case. */
  readonly type: string | undefined;
  /** `civitai`, `civitai-r2`, `huggingface`, `orchestrator` … in lower case. */
  readonly source: string;
  /** The source's id: a number on Civitai, `owner/name` elsewhere. */
  readonly id: string;
  readonly version: string | undefined;
  readonly fileId: string | undefined;
  readonly format: string | undefined;
}

/** Longer than any real one. */
const LONGEST = 500;
const WORD = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/**
 * Reads an AIR in any letter case. `urn:`, `air:`, ecosystem, type, version, file and format may be missing, as in the
 * site's own reader; at least `source:id` must be there. `undefined` for anything else.
 */
export function parseAir(text: string): Air | undefined {
  if (text.length > LONGEST || /\s|\/\//.test(text.trim())) return undefined;
  const body = text.trim().replace(/^urn:/i, '').replace(/^air:/i, '');
  const parts = body.split(':');
  if (parts.length < 2 || parts.length > 4) return undefined;
  const [source, tail] = parts.slice(-2);
  const [type, ecosystem] = parts.slice(0, -2).reverse();
  if (source === undefined || tail === undefined) return undefined;
  if (![source, type, ecosystem].every((word) => word === undefined || WORD.test(word))) return undefined;
  const end = parseTail(tail);
  if (end === undefined) return undefined;
  return {
    ecosystem: ecosystem?.toLowerCase(),
    type: type?.toLowerCase(),
    source: source.toLowerCase(),
    ...end,
  };
}

function parseTail(tail: string): Pick<Air, 'id' | 'version' | 'fileId' | 'format'> | undefined {
  const at = tail.indexOf('@');
  const first = at === -1 ? tail : tail.slice(0, at);
  const rest = at === -1 ? '' : tail.slice(at + 1);
  // Without a version the format follows the id, and only a number ends where its dot begins.
  const match =
    at === -1
      ? /^(\d{1,19}|[^.+@][^+@]{0,300}?)(?:\+(\d{1,19}))?(?:\.([a-z][a-z0-9]{0,20}))?$/i.exec(first)
      : /^([^+@]{1,200}?)(?:\+(\d{1,19}))?(?:\.([a-z][a-z0-9]{0,20}))?$/i.exec(rest);
  if (match === null || first === '') return undefined;
  const [, name, fileId, format] = match;
  if (name === undefined) return undefined;
  return at === -1
    ? { id: name, version: undefined, fileId, format }
    : { id: first, version: name, fileId, format };
}

/** Prints an AIR; what is missing is left out, `urn:air:` always stands in front. */
export function formatAir(air: Air): string {
  const words = ['urn', 'air', air.ecosystem, air.type, air.source].filter((word) => word !== undefined);
  const version = air.version === undefined ? '' : `@${air.version}`;
  const file = air.fileId === undefined ? '' : `+${air.fileId}`;
  const format = air.format === undefined ? '' : `.${air.format}`;
  return `${words.join(':')}:${air.id}${version}${file}${format}`;
}
