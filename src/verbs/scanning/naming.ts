import { dirname, join, resolve } from 'node:path';
import type { StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Bounds } from '../../library/inside.ts';
import { isAboutName } from '../../formats/sidecars/about-name.ts';
import type { WalkedFile } from '../../library/walked.ts';
import { beside } from '../../profiles/beside.ts';
import { collected } from '../../profiles/collected.ts';
import { placeKey } from '../../profiles/profile.ts';
import type { FilePlaces, ProfileFile } from '../../profiles/profile.ts';
import type { ScanRequest } from './scan-request.ts';

/** Where one file goes, and where instead when a file of the user's stands there. */
export interface NamedPath {
  /** Absolute. */
  readonly path: string;
  readonly otherwise: string | undefined;
}

/** The places a profile gives to what is written about library files. All paths absolute. */
export interface Naming {
  readonly profile: 'beside' | 'collected' | 'configured';
  /** False where nobody wants pages. */
  readonly hasPages: boolean;
  /** Everything that is written must stay within these. */
  readonly bounds: Bounds;
  info(file: StockFile): NamedPath;
  page(file: StockFile): NamedPath;
  /** Folder and name without extension; slots from 1. */
  preview(file: StockFile, slot: number): { readonly folder: string; readonly name: string };
  /** The slot that a base name stands for; `undefined` when it is no preview of this file. */
  slotOf(file: StockFile, name: string): number | undefined;
  /** The name of a preview, without extension, as all previews of its file begin. */
  withoutSlot(name: string): string;
  /** The profile's own places of a file and the folder they are relative to. */
  places(file: StockFile): { readonly base: string; readonly places: FilePlaces };
}

/**
 * The naming of every root; roots that share an output folder share its names. Beside the models all files of the walk
 * count, also those that a run does not ask about: a name must not depend on what is asked about. `held`: the stems, or the
 * folder names in the output folder, that files were given before, by file id; they stay theirs.
 */
export function namingsOf(
  roots: readonly WalkedRoot[],
  filesOf: (root: WalkedRoot) => readonly StockFile[],
  request: Pick<ScanRequest, 'profile' | 'output'>,
  cwd: string,
  held: ReadonlyMap<number, string>,
): Map<WalkedRoot, Naming> {
  if (request.profile === 'collected')
    return collectedNamings(roots, filesOf, resolve(cwd, request.output ?? '.'), held);
  return new Map(
    roots.map((root) => {
      const base = root.target.root;
      const all = [...root.walk.files, ...filelessIn(filesOf(root))];
      const holders = heldIn(filesOf(root), held);
      const places = beside.places(
        all.map((walked) => profileFile(walked, '')),
        holders,
      );
      return [
        root,
        namingFrom('beside', base, boundsOf(base, root.walk.links), (file) =>
          places.get(placeKey(profileFile(file.walked, ''))),
        ),
      ];
    }),
  );
}

/** The held stems of a root's files, by the key of the file. */
function heldIn(files: readonly StockFile[], held: ReadonlyMap<number, string>): Map<string, string> {
  return new Map(
    files.flatMap(({ fileId, walked }) => {
      const stem = held.get(fileId);
      return stem === undefined ? [] : [[placeKey(profileFile(walked, '')), stem] as const];
    }),
  );
}

/** What stands for models that are described by hand and have no file: no walk lists them. Names go to files first. */
export function filelessIn(files: readonly StockFile[]): WalkedFile[] {
  return files.flatMap(({ walked }) => (isAboutName(walked.name) ? [walked] : []));
}

function collectedNamings(
  roots: readonly WalkedRoot[],
  filesOf: (root: WalkedRoot) => readonly StockFile[],
  base: string,
  held: ReadonlyMap<number, string>,
): Map<WalkedRoot, Naming> {
  const keyed = new Map(
    roots.flatMap((root) =>
      filesOf(root).map(
        (file) => [file.fileId as number, profileFile(file.walked, root.target.root)] as const,
      ),
    ),
  );
  // The files of other roots that share the folder are not here, but their names are taken.
  const stems = new Map(
    [...held].map(([fileId, base]) => [
      placeKey(keyed.get(fileId) ?? { folder: '', name: `\0${fileId}` }),
      base,
    ]),
  );
  const places = collected.places([...keyed.values()], stems);
  const bounds = boundsOf(base);
  return new Map(
    roots.map((root) => [
      root,
      namingFrom('collected', base, bounds, (file) =>
        places.get(placeKey(profileFile(file.walked, root.target.root))),
      ),
    ]),
  );
}

/** A folder whose name is not UTF-8 can't be written into by its text: its files' notes go to the root. */
function profileFile(walked: WalkedFile, prefix: string): ProfileFile {
  const folder = walked.rawPath !== undefined && walked.folder.includes('\uFFFD') ? '' : walked.folder;
  return { folder: [prefix, folder].filter(Boolean).join('/'), name: walked.name, stem: walked.stem };
}

/** What stands between the stem and a slot, and the slot that no number stands for. */
const SLOTS = {
  beside: { mark: '.preview.', numbered: /^(?:([2-9]|[1-9]\d{1,5})\.)?(\w+)$/, bare: 1, first: 0 },
  collected: { mark: '_preview_', numbered: /^(0|[1-9]\d{0,5})\.(\w+)$/, bare: undefined, first: 1 },
} as const;

/** The slot, from 1, that the name of a preview says; `undefined` for names that the profile would not give. */
function slotIn(profile: FixedProfile, stem: string, name: string): number | undefined {
  const { mark, numbered, bare, first } = SLOTS[profile];
  if (!name.startsWith(stem + mark)) return undefined;
  const match = numbered.exec(name.slice(stem.length + mark.length));
  if (match === null || !PICTURE.test(match[2] ?? '')) return undefined;
  return match[1] === undefined ? bare : Number(match[1]) + first;
}

const PICTURE = /^(?:png|jpe?g|webp|gif|avif|jxl|mp4|webm)$/i;

type FixedProfile = Exclude<Naming['profile'], 'configured'>;

function namingFrom(
  profile: FixedProfile,
  base: string,
  bounds: Bounds,
  find: (file: StockFile) => FilePlaces | undefined,
): Naming {
  const placesOf = (file: StockFile): FilePlaces => {
    const places = find(file);
    if (places === undefined) throw new Error(`No places for ${file.walked.path}.`);
    return places;
  };
  return {
    profile,
    hasPages: true,
    bounds,
    info: (file) => ({ path: join(base, placesOf(file).info), otherwise: undefined }),
    page(file) {
      const path = join(base, placesOf(file).page);
      return { path, otherwise: path.replace(/\.html$/, '.civitarium.html') };
    },
    preview(file, slot) {
      const path = join(base, placesOf(file).preview(slot - 1, 'x'));
      return { folder: dirname(path), name: path.slice(dirname(path).length + 1, -2) };
    },
    slotOf: (file, name) => slotIn(profile, placesOf(file).stem, name),
    withoutSlot: (name) => name.replace(/([._]preview)[._]\d+$/, '$1'),
    places: (file) => ({ base, places: placesOf(file) }),
  };
}
