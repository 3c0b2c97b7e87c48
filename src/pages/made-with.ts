import type { CollectedImageView } from '../catalog/collected-image.ts';
import { madeFile } from './face-names.ts';
import { levelIndex } from './levels.ts';
import { type DataFile, setScript } from './script-data.ts';

/** The newest images that model pages show; the image gallery has all. */
const MOST = 24;

interface Made {
  count: number;
  /** The newest last. */
  readonly newest: (readonly [id: number, thumb: string, level: number, media: string])[];
}

/** Which images were made with which held versions, for model pages: they read it when they are opened, so that no image has a page written anew. */
export class MadeWith {
  readonly #made = new Map<number, Made>();
  readonly #isHeld: (versionId: number) => boolean;

  constructor(isHeld: (versionId: number) => boolean) {
    this.#isHeld = isHeld;
  }

  /** Images in the order of their ids. */
  add(view: CollectedImageView, thumb: string | undefined): void {
    const used = new Set(view.resources.flatMap(({ versionId }) => versionId ?? []));
    for (const versionId of used) {
      if (!this.#isHeld(versionId)) continue;
      const made = this.#made.get(versionId) ?? { count: 0, newest: [] };
      this.#made.set(versionId, made);
      made.count += 1;
      made.newest.push([view.id, thumb ?? '', levelIndex(view.nsfwLevel), view.media]);
      if (made.newest.length > MOST) made.newest.shift();
    }
  }

  /** Versions that images were made with. */
  versions(): number[] {
    return [...this.#made.keys()].toSorted((a, b) => a - b);
  }

  /** `labelOf`: what the image gallery calls a version. */
  files(labelOf: (versionId: number) => string): DataFile[] {
    const files = new Map<string, Record<number, unknown>>();
    for (const versionId of this.versions()) {
      const name = madeFile(versionId);
      const lines = files.get(name) ?? {};
      files.set(name, lines);
      const made = this.#made.get(versionId);
      lines[versionId] = [made?.count ?? 0, labelOf(versionId), (made?.newest ?? []).toReversed()];
    }
    return [...files].map(([name, lines]) => ({ name, bytes: setScript('civitariumMadeWith', lines) }));
  }
}
