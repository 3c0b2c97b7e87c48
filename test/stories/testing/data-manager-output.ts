import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isRecord } from '../../../src/base/json.ts';
import type { LibraryFile } from '../../world-library.ts';

export interface DataManagerOutput {
  /** The folder made for each library file, absolute. */
  readonly folders: readonly string[];
  /** Pictures that were fetched. */
  readonly pictures: number;
}

/** What Civitai Data Manager leaves in an output folder for some library files (in `models`), as its documentation says. */
export async function writeDataManagerOutput(
  output: string,
  models: string,
  files: readonly Pick<LibraryFile, 'path' | 'versionId' | 'modelId'>[],
  { apiUrl, images = 2, notes = true }: { apiUrl: string; images?: number; notes?: boolean },
): Promise<DataManagerOutput> {
  const folders: string[] = [];
  let pictures = 0;
  const answer = async (path: string): Promise<unknown> => await (await fetch(`${apiUrl}/${path}`)).json();
  for (const { path, versionId, modelId } of files) {
    const base = baseOf(path);
    const folder = join(output, base);
    folders.push(folder);
    mkdirSync(folder, { recursive: true });
    const write = (ending: string, value: unknown): void =>
      writeFileSync(join(folder, `${base}${ending}`), JSON.stringify(value, undefined, 4));
    const bytes = readFileSync(join(models, path));
    const version = await answer(`model-versions/${versionId}`);
    write('_civitai_model_version.json', version);
    write('_civitai_model.json', await answer(`models/${modelId}`));
    write('_metadata.json', { ss_network_dim: '16' });
    const shown = isRecord(version) && Array.isArray(version['images']) ? version['images'] : [];
    for (const [at, image] of shown.slice(0, images).entries()) {
      if (!isRecord(image)) continue;
      const picture = await (await fetch(String(image['url']))).arrayBuffer();
      const ending = image['type'] === 'video' ? 'mp4' : 'jpeg';
      writeFileSync(join(folder, `${base}_preview_${at}.${ending}`), Buffer.from(picture));
      if (notes) write(`_preview_${at}.json`, image);
      pictures += 1;
    }
    writeFileSync(join(folder, `${base}.html`), '<p>their page</p>');
    write('_hash.json', {
      hash_type: 'SHA256',
      hash_value: createHash('sha256').update(bytes).digest('hex'),
      filename: basename(path),
    });
  }
  writeFileSync(join(output, 'index.html'), '<p>their index</p>');
  const list = files.map(({ path }) => resolve(models, path));
  writeFileSync(join(output, 'processed_files.json'), JSON.stringify({ files: list, last_update: '2026-01-02T03:04:05.678901' })); // prettier-ignore
  return { folders, pictures };
}

/** As its later versions name a folder: what is no letter, digit or hyphen is one underscore. */
function baseOf(path: string): string {
  return basename(path)
    .replace(/\.\w+$/, '')
    .replace(/[^\w-]+/g, '_');
}

/** A file that the site did not know, as Civitai Data Manager notes it: an error in place of the answer, and a line. */
export function noteMissing(output: string, model: string): void {
  const base = basename(model).replace(/\.\w+$/, '');
  const folder = join(output, base);
  mkdirSync(folder, { recursive: true });
  const write = (ending: string, value: unknown): void =>
    writeFileSync(join(folder, `${base}${ending}`), JSON.stringify(value, undefined, 4));
  const hash = createHash('sha256').update(readFileSync(model)).digest('hex');
  write('_hash.json', { hash_type: 'SHA256', hash_value: hash, filename: basename(model) });
  write('_civitai_model_version.json', { error: 'Model not found', status_code: 404, timestamp: '2026-01-02T03:04:05.678901' }); // prettier-ignore
  const local = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  writeFileSync(
    join(dirname(folder), 'missing_from_civitai.txt'),
    `# Files not found on Civitai\n# Format: Timestamp | Status Code | Filename\n#\n#\n\n${local.replace('T', ' ')} | Status 404 | ${basename(model)}\n`,
  );
}
