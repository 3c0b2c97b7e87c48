import type { KritaEntry } from './krita-loras.ts';

/** A LoRA file that may be meant by an entry. */
export interface LoraFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the scanned folder it lies in, forward slashes. */
  readonly relativePath: string;
  /** Lower-case hex; `undefined` when it was never hashed. */
  readonly sha256: string | undefined;
}

/** Which files an entry means. Several files of a match have the same bytes; those of an ambiguous one differ. */
export interface KritaMatch<File> {
  readonly kind: 'matched' | 'ambiguous' | 'none';
  readonly by?: 'path' | 'hash' | 'name';
  readonly files: readonly File[];
}

export interface LoraIndex<File> {
  match(entry: Pick<KritaEntry, 'id' | 'sha256' | 'path'>): KritaMatch<File>;
  /** The path a server would know a file by: below its LoRA folder, or below the scanned one. */
  idOf(file: File): string;
}

/** Names of folders that ComfyUI and others keep LoRAs in. */
const LORA_FOLDER = /^(?:loras?|lycoris|locon|dora)s?$/i;

/**
 * Makes files findable by what Krita's list says. An entry is looked for by its path below a LoRA folder (or its
 * absolute one), then by its hash, then by its bare name when only one file has it. `ignoreCase`: on disks that do.
 */
export function indexLoras<File extends LoraFile>(
  files: readonly File[],
  options: { readonly ignoreCase: boolean },
): LoraIndex<File> {
  const fold = (text: string): string => {
    const path = text
      .replaceAll('\\', '/')
      .replace(/^(?:\.?\/)+/, '')
      .normalize('NFC');
    return options.ignoreCase ? path.toLowerCase() : path;
  };
  const byPath = new Map<string, File[]>();
  const byName = new Map<string, File[]>();
  const byHash = new Map<string, File[]>();
  for (const file of files) {
    for (const way of waysTo(file)) add(byPath, fold(way), file);
    add(byName, baseName(fold(file.path)), file);
    if (file.sha256 !== undefined) add(byHash, file.sha256, file);
  }
  const atPath = ({ id, path }: Pick<KritaEntry, 'id' | 'path'>): readonly File[] => {
    const exact = [
      ...(path === undefined ? [] : (byPath.get(fold(path)) ?? [])),
      ...(id === undefined ? [] : (byPath.get(fold(id)) ?? [])),
    ];
    const key = fold(id ?? '');
    if (exact.length > 0 || !key.includes('/')) return exact;
    // A server may keep its LoRAs in a folder of any name: the id is then the end of the path.
    return (byName.get(baseName(key)) ?? []).filter((file) => fold(file.path).endsWith(`/${key}`));
  };
  return {
    match(entry) {
      const placed = unique(atPath(entry));
      const hashed = entry.sha256 === undefined ? [] : (byHash.get(entry.sha256) ?? []);
      if (isOne(placed)) return { kind: 'matched', by: 'path', files: placed };
      if (hashed.length > 0) return { kind: 'matched', by: 'hash', files: hashed };
      if (placed.length > 0) return { kind: 'ambiguous', by: 'path', files: placed };
      const named = unique(entry.id === undefined ? [] : (byName.get(baseName(fold(entry.id))) ?? []));
      if (isOne(named)) return { kind: 'matched', by: 'name', files: named };
      return named.length > 0 ? { kind: 'ambiguous', by: 'name', files: named } : { kind: 'none', files: [] };
    },
    idOf: (file) => [...waysTo(file)].sort((a, b) => a.length - b.length)[0] ?? baseName(file.path),
  };
}

/** The absolute path, the one below the scanned folder, and those below every folder named like a LoRA folder. */
function waysTo({ path, relativePath }: LoraFile): Set<string> {
  const ways = new Set([path, relativePath]);
  const parts = path.replaceAll('\\', '/').split('/');
  for (const [index, part] of parts.entries()) {
    if (index < parts.length - 1 && LORA_FOLDER.test(part)) ways.add(parts.slice(index + 1).join('/'));
  }
  return ways;
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function add<File>(map: Map<string, File[]>, key: string, file: File): void {
  const files = map.get(key);
  if (files === undefined) map.set(key, [file]);
  else files.push(file);
}

function unique<File>(files: readonly File[]): File[] {
  return [...new Set(files)];
}

/** True when all files have the same bytes, for all we know. */
function isOne(files: readonly LoraFile[]): boolean {
  if (files.length <= 1) return files.length === 1;
  return files[0]?.sha256 !== undefined && files.every((file) => file.sha256 === files[0]?.sha256);
}
