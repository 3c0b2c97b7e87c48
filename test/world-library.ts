import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { World } from '../standin/world/types.ts';

/** A file of a test library and what the world knows of it. */
export interface LibraryFile {
  /** Relative to the library. */
  readonly path: string;
  readonly modelId: number;
  readonly versionId: number;
}

/** Writes the first file of each of `count` models of a world into folders by type. Names are the world's, made plain. */
export function writeWorldLibrary(world: World, folder: string, count: number): LibraryFile[] {
  const files: LibraryFile[] = [];
  for (const id of world.modelIds()) {
    if (files.length >= count) break;
    const model = world.model(id);
    const version = model?.versions[0];
    const file = version?.files.find(
      (one) => one.visibility === 'Public' && one.type === 'Model' && one.scan !== 'Pending',
    );
    if (model === undefined || version === undefined || file === undefined || version.status !== 'Published')
      continue;
    const path = join(model.type, `${files.length}-${file.name.replace(/[^\w.]+/g, '_')}`);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), world.bytesOf(file));
    files.push({ path, modelId: id, versionId: version.id });
  }
  return files;
}
