import { dirname, extname, join, relative } from 'node:path';
import { statSync } from 'node:fs';
import type { ModelId, Sha256, VersionId } from '../../base/ids.ts';
import type { Catalog } from '../../catalog/open.ts';
import { readByKeys } from '../../catalog/upsert.ts';
import { readModelHeader } from '../../formats/model-file.ts';
import { isInside } from '../targets.ts';
import { fileNameFor } from './name-files.ts';
import type { Want } from './want.ts';

/** A model file that is in its place. */
export interface PlacedFile {
  /** Absolute. */
  readonly path: string;
  /** The folder that was named for it, absolute. */
  readonly output: string;
  readonly subject: string;
  readonly source: string;
  readonly modelId: number;
  readonly versionId: number | undefined;
  readonly sha256: string;
}

/** What the site calls models that a WebUI loads as LoRAs. */
const LORA_TYPES: ReadonlySet<string> = new Set(['lora', 'locon', 'lycoris', 'dora']);

/**
 * Those of some files that are LoRAs, wanted once more in another folder (absolute), under the name that their training gave
 * them, else under their own. Their bytes stay as they are: only the name of the copy is another.
 */
export async function wantsOfLoraCopies(
  files: readonly PlacedFile[],
  folder: string,
  catalog: Pick<Catalog, 'db'>,
): Promise<Want[]> {
  const types = await typesOf(
    files.map(({ modelId }) => modelId),
    catalog,
  );
  const wants: Want[] = [];
  for (const file of files) {
    if (!LORA_TYPES.has(types.get(file.modelId)?.toLowerCase() ?? '')) continue;
    // A place that lies in the other already is where a WebUI looks.
    if (isInside(folder, file.path)) continue;
    const size = statSync(file.path, { throwIfNoEntry: false })?.size;
    if (size !== undefined) wants.push(await copyOf(file, size, folder));
  }
  return wants;
}

async function copyOf(file: PlacedFile, size: number, folder: string): Promise<Want> {
  const { path, output, subject, source, modelId, versionId, sha256 } = file;
  const way = relative(output, dirname(path));
  return {
    kind: 'copy',
    subject,
    title: path,
    source,
    output: folder,
    folder: join(folder, way),
    name: await nameOf(path, size),
    tellApart: [...(versionId === undefined ? [] : [`v${versionId}`]), `f${subject}`],
    modelId: modelId as ModelId,
    versionId: versionId as VersionId | undefined,
    size,
    sha256: sha256 as Sha256,
  };
}

/** `ss_output_name`, with single underscores as prompts have it; the file's own name where the training tells none. */
async function nameOf(path: string, size: number): Promise<string> {
  const own = fileNameFor(path, 'lora');
  const header = await readModelHeader(path, size);
  const alias = header.metadata?.['ss_output_name']?.replaceAll('__', '_').trim() ?? '';
  return alias === '' ? own : fileNameFor(`${alias}${extname(path)}`, own);
}

async function typesOf(ids: readonly number[], catalog: Pick<Catalog, 'db'>): Promise<Map<number, string>> {
  const rows = await readByKeys(new Set(ids), (some) =>
    catalog.db.selectFrom('model').select(['id', 'type']).where('id', 'in', some).execute(),
  );
  return new Map(rows.map(({ id, type }) => [id, type]));
}
