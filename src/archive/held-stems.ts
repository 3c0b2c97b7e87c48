import type { OutputRow } from '../catalog/output.ts';
import { sidecarName } from '../formats/sidecars/write-sidecar.ts';
import { WRITTEN_SIDECARS } from '../formats/sidecars/written-formats.ts';
import type { WalkedFile } from '../library/walked.ts';
import { bareNames } from '../profiles/beside.ts';

/**
 * The files of a root (absolute) whose notes have their bare stem already, by the key of the file row. `files`: by that
 * key, as they lie now; what was written under an earlier name of theirs says nothing.
 */
export function heldStems(
  root: string,
  files: ReadonlyMap<number, WalkedFile>,
  outputs: Iterable<Pick<OutputRow, 'file_id' | 'kind' | 'path'>>,
): Set<number> {
  const held = new Set<number>();
  for (const { file_id: fileId, kind, path } of outputs) {
    const file = files.get(fileId ?? 0);
    if (fileId === null || file === undefined || held.has(fileId)) continue;
    const start = file.folder === '' ? `${root}/` : `${root}/${file.folder}/`;
    if (!path.startsWith(start)) continue;
    const name = path.slice(start.length);
    const isBare =
      kind === 'sidecar'
        ? WRITTEN_SIDECARS.some((format) => sidecarName(format, file.stem) === name)
        : (kind === 'page' || kind === 'info') && bareNames(file.stem).includes(name);
    if (isBare) held.add(fileId);
  }
  return held;
}
