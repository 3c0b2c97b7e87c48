import { dirname, join, resolve } from 'node:path';
import type { StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Bounds } from '../../library/inside.ts';
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
  readonly profile: 'beside' | 'collected';
  /** Everything that is written must stay within these. */
  readonly bounds: Bounds;
  info(file: StockFile): NamedPath;
  page(file: StockFile): NamedPath;
  /** Folder and name without extension; slots from 1. */
  preview(file: StockFile, slot: number): { readonly folder: string; readonly name: string };
  /** The slot that a base name stands for; `undefined` when it is no preview of this file. */
  slotOf(file: StockFile, name: string): number | undefined;
  /** The profile's own places of a file and the folder they are relative to. */
  places(file: StockFile): { readonly base: string; readonly places: FilePlaces };
}

/** The naming of every root; roots that share an output folder share its names. */
export function namingsOf(roots: readonly WalkedRoot[], filesOf: (root: WalkedRoot) => readonly StockFile[], request: Pick<ScanRequest, 'profile' | 'output'>, cwd: string, held: ReadonlyMap<number, string>): Map<WalkedRoot, Naming> {
  if (request.profile === 'collected') return collectedNamings(roots, filesOf, resolve(cwd, request.output ?? '.'), held);
  return new Map(
    roots.map((root) => {
      const base = root.target.root;
      const places = beside.places(filesOf(root).map((file) => profileFile(file, '')));
      return [root, namingFrom('beside', base, boundsOf(base, root.walk.links), (file) => places.get(placeKey(profileFile(file, ''))))];
    }),
  );
}

function collectedNamings(roots: readonly WalkedRoot[], filesOf: (root: WalkedRoot) => readonly StockFile[], base: string, held: ReadonlyMap<number, string>): Map<WalkedRoot, Naming> {
  const keyed = roots.flatMap((root) => filesOf(root).map((file) => ({ file, named: profileFile(file, root.target.root) })));
  const stems = new Map(keyed.flatMap(({ file, named }) => (held.has(file.fileId) ? [[placeKey(named), held.get(file.fileId) ?? ''] as const] : [])));
  const places = collected.places(keyed.map(({ named }) => named), stems);
  const bounds = boundsOf(base);
  return new Map(roots.map((root) => [root, namingFrom('collected', base, bounds, (file) => places.get(placeKey(profileFile(file, root.target.root))))]));
}

/** A folder whose name is not UTF-8 can't be written into by its text: its files' notes go to the root. */
function profileFile({ walked }: StockFile, prefix: string): ProfileFile {
  const folder = walked.rawPath !== undefined && walked.folder.includes('\uFFFD') ? '' : walked.folder;
  return { folder: [prefix, folder].filter(Boolean).join('/'), name: walked.name, stem: walked.stem };
}

const PICTURE = /^(?:png|jpe?g|webp|gif|avif|jxl|mp4|webm)$/i;

function namingFrom(profile: Naming['profile'], base: string, bounds: Bounds, find: (file: StockFile) => FilePlaces | undefined): Naming {
  const placesOf = (file: StockFile): FilePlaces => {
    const places = find(file);
    if (places === undefined) throw new Error(`No places for ${file.walked.path}.`);
    return places;
  };
  return {
    profile,
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
    slotOf(file, name) {
      const { stem } = placesOf(file);
      const rest = name.startsWith(`${stem}.preview.`) || name.startsWith(`${stem}_preview_`) ? name.slice(stem.length + '.preview.'.length) : undefined;
      const match = rest === undefined ? null : /^(?:(\d+)\.)?(\w+)$/.exec(rest);
      if (match === null || !PICTURE.test(match[2] ?? '')) return undefined;
      if (profile === 'collected') return match[1] === undefined ? undefined : Number(match[1]) + 1;
      return match[1] === undefined ? 1 : Number(match[1]);
    },
    places: (file) => ({ base, places: placesOf(file) }),
  };
}
