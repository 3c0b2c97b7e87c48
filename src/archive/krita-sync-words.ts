import type { Kysely } from 'kysely';
import { dirname } from 'node:path';
import { parseJson } from '../base/json.ts';
import type { Tables } from '../catalog/schema.ts';
import type { LoraFile } from '../formats/krita-loras-match.ts';
import { mergeSidecars } from '../formats/sidecars/merge-sidecars.ts';
import type { MergedSidecar } from '../formats/sidecars/merge-sidecars.ts';
import { readNotes } from './sidecar-read.ts';

/** A LoRA file of the catalog. */
export interface KnownLora extends LoraFile {
  readonly fileId: number;
  readonly stem: string;
  readonly versionId: number | null;
  readonly trainedWords: readonly string[];
}

/** Types of the site that Krita lists as LoRAs, lower case. */
const LORA_TYPES = new Set(['lora', 'locon', 'dora', 'lycoris']);

/** The files that may be LoRAs, of one host: those of unknown type among them. */
export async function knownLoras(db: Kysely<Tables>, hostId: string): Promise<KnownLora[]> {
  const rows = await db
    .selectFrom('file')
    .innerJoin('root', 'root.id', 'file.root_id')
    .leftJoin('blob', 'blob.id', 'file.blob_id')
    .leftJoin('choice', 'choice.file_id', 'file.id')
    .leftJoin('version', 'version.id', 'choice.version_id')
    .leftJoin('model', 'model.id', 'version.model_id')
    .select([
      'file.id',
      'file.path',
      'file.stem',
      'root.path as root_path',
      'blob.sha256',
      'version.id as version_id',
      'version.trained_words',
      'model.type',
    ])
    .where('root.host_id', '=', hostId)
    .where('file.state', '=', 'present')
    .orderBy('file.id')
    .execute();
  return rows
    .filter((row) => row.type === null || LORA_TYPES.has(row.type.toLowerCase()))
    .map((row) => ({
      fileId: row.id,
      path: `${row.root_path.replaceAll('\\', '/').replace(/\/$/, '')}/${row.path}`,
      relativePath: row.path,
      stem: row.stem,
      sha256: row.sha256 ?? undefined,
      versionId: row.version_id,
      trainedWords: wordsIn(row.trained_words),
    }));
}

function wordsIn(json: string | null): string[] {
  const value: unknown = json === null ? [] : parseJson(json);
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}

/** The notes beside a file, merged. */
export async function notesOf(file: KnownLora): Promise<MergedSidecar> {
  const notes = await readNotes(dirname(file.path), file.stem);
  return mergeSidecars(
    notes.flatMap((note) => note.facts ?? []),
    file.sha256,
  );
}

/**
 * The text that calls a LoRA up: the words written by hand, else the site's trained words, else the user's activation text, else what another program
 * kept of the site's words. `undefined` when there is none.
 */
export function triggersOf(file: Pick<KnownLora, 'trainedWords'>, notes: MergedSidecar): string | undefined {
  const { trainedWords } = notes.kept;
  const said = [
    trainedWords?.origin === 'about' ? trainedWords.value : [],
    file.trainedWords,
    [notes.own.activationText?.value ?? ''],
    trainedWords?.value ?? [],
  ];
  return said.map(joinWords).find((text) => text !== '');
}

/** Words joined by `, `: each trimmed, the comma at its end cut, none twice. */
function joinWords(words: readonly string[]): string {
  const clean = words.map((word) =>
    word
      .replace(/\s+/g, ' ')
      .trim()
      .replace(/[,\s]+$/, ''),
  );
  return [...new Set(clean)].filter(Boolean).join(', ');
}
