import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../../catalog/place.ts';
import { foldName } from '../../profiles/file-name.ts';
import { toldApart } from '../../profiles/users.ts';

/** Somebody or something that needs a folder. */
export interface FolderWish {
  readonly kind: Place['kind'];
  readonly subject: string;
  /** The folder it is to lie in, below the output, with forward slashes; '' for the output itself. */
  readonly parent: string;
  /** A safe name. */
  readonly name: string;
}

/** Gives folders: to each subject the one it has, else a new one that nobody else has. */
export interface FolderBook {
  folderOf(wish: FolderWish): string;
  /** The folder that a subject has, `undefined` when it has none. */
  known(kind: Place['kind'], subject: string): string | undefined;
  /** Whose folder it is, among the subjects of a kind. */
  ownerOf(kind: Place['kind'], folder: string): string | undefined;
  /** Lets a subject share the folder of another; it keeps the one it has. */
  share(kind: Place['kind'], subject: string, folder: string): void;
  /** Those that were given now for the first time. */
  fresh(): Place[];
}

/** Makes a book of the folders in an output (absolute); `known` are those that belong to somebody already. */
export function folderBook(output: string, known: readonly Place[]): FolderBook {
  const bySubject = new Map(known.map((place) => [keyOf(place), place.folder]));
  const taken = new Set(known.map(({ folded }) => folded));
  const owners = new Map(known.map(({ kind, subject, folder }) => [`${kind} ${folder}`, subject]));
  const fresh: Place[] = [];
  const give = (kind: Place['kind'], subject: string, folder: string): void => {
    bySubject.set(keyOf({ kind, subject }), folder);
    owners.set(`${kind} ${folder}`, subject);
    fresh.push({ kind, subject, folder, folded: foldName(folder) });
  };
  return {
    known: (kind, subject) => bySubject.get(keyOf({ kind, subject })),
    ownerOf: (kind, folder) => owners.get(`${kind} ${folder}`),
    share(kind, subject, folder) {
      if (!bySubject.has(keyOf({ kind, subject }))) give(kind, subject, folder);
    },
    folderOf(wish) {
      const { kind, subject, parent, name } = wish;
      const own = bySubject.get(keyOf(wish));
      if (own !== undefined) return own;
      let last = name;
      let folder = below(parent, last);
      for (let count = 1; taken.has(foldName(folder)) || !canBeFolder(join(output, folder)); count += 1) {
        last = toldApart(name, subject, count);
        folder = below(parent, last);
      }
      taken.add(foldName(folder));
      give(kind, subject, folder);
      return folder;
    },
    fresh: () => fresh,
  };
}

function keyOf({ kind, subject }: Pick<Place, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}

function below(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`;
}

/** A folder that another program made is gone on with; a file or a link is in the way. */
function canBeFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
}
