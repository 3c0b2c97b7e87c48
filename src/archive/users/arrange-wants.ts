import { join, relative, sep } from 'node:path';
import type { ModelId, VersionId } from '../../base/ids.ts';
import type { Catalog } from '../../catalog/open.ts';
import { keepPlaces, placesIn } from '../../catalog/place.ts';
import { groupBy } from '../../catalog/upsert.ts';
import type { Model } from '../../civitai/shapes/types.ts';
import { creatorFolder, modelFolder, postFolder } from '../../profiles/users.ts';
import type { Want } from '../download/want.ts';
import { comparableName } from '../posts/coverage.ts';
import { isInside } from '../targets.ts';
import { findOwnModels } from './find-own-models.ts';
import { modelsOfPosts } from './own-posts.ts';
import { folderBook } from './settle-folders.ts';
import type { FolderBook } from './settle-folders.ts';

/** Where the profile `users` puts things; all absolute. */
export interface UsersRoots {
  readonly output: string;
  /** Folders of creators. */
  readonly users: string;
  /** Folders of posts. */
  readonly posts: string;
}

export interface ArrangeOptions {
  readonly catalog: Catalog;
  readonly hostId: string;
  readonly roots: UsersRoots;
  /** Models as the site just told of them. */
  readonly models: readonly Model[];
  /** False under `--dry-run`: folders are thought of, and given to nobody. */
  readonly keep: boolean;
}

/** A model's folder: below the output that bounds it. */
export interface ModelPlace {
  readonly output: string;
  /** Absolute. */
  readonly folder: string;
  /** That of its creator, absolute. */
  readonly creatorFolder: string;
}

export interface Arranged {
  readonly wants: readonly Want[];
  /** By the model's id: all that were told of, and all that are wanted. */
  readonly places: ReadonlyMap<number, ModelPlace>;
}

/**
 * Puts wants where the profile `users` has them: models and the works that belong to them into `Users/<creator>/<model>`, all
 * else into `Posts/<title>`. Whoever had a folder before keeps it.
 */
export async function arrangeWants(wants: readonly Want[], options: ArrangeOptions): Promise<Arranged> {
  const { catalog, hostId, roots, keep } = options;
  const own = await modelsOfWorks(wants, options);
  const users = boundedBy(roots.users, roots.output);
  const posts = boundedBy(roots.posts, roots.output);
  const arrange = (books: Books): Arranged => arrangeIn(books, wants, own, options.models);
  const open = async (db: Pick<Catalog, 'db'>['db']): Promise<Books> => {
    const book = async (output: string): Promise<FolderBook> =>
      folderBook(output, await placesIn(db, hostId, output));
    const first = await book(users.output);
    const second = posts.output === users.output ? first : await book(posts.output);
    return { users: { ...users, book: first }, posts: { ...posts, book: second } };
  };
  if (!keep) return arrange(await open(catalog.db));
  return await catalog.write(async (trx) => {
    const books = await open(trx);
    const arranged = arrange(books);
    for (const { output, book } of new Set([books.users, books.posts]))
      await keepPlaces(trx, hostId, output, book.fresh());
    return arranged;
  });
}

/** One of the two trees. */
interface Tree {
  /** What bounds it, absolute. */
  readonly output: string;
  /** Where it begins, below that. */
  readonly parent: string;
}

interface Books {
  readonly users: Tree & { readonly book: FolderBook };
  readonly posts: Tree & { readonly book: FolderBook };
}

/** A tree that lies outside of the output is an output of its own. */
function boundedBy(root: string, output: string): Tree {
  if (root !== output && !isInside(output, root)) return { output: root, parent: '' };
  return { output, parent: relativeTo(output, root) };
}

function relativeTo(output: string, path: string): string {
  return relative(output, path).split(sep).join('/');
}

function versionOf(work: { readonly versionId: number | undefined } | undefined): VersionId | undefined {
  return work?.versionId as VersionId | undefined;
}

interface OwnModel {
  readonly id: number;
  readonly name: string;
  readonly creator: string | undefined;
}

/** The model that each work belongs to, and the version it shows, by the want's subject. */
type ModelsOfWorks = ReadonlyMap<string, OwnModel & { readonly versionId: number | undefined }>;

async function modelsOfWorks(
  wants: readonly Want[],
  options: Pick<ArrangeOptions, 'catalog' | 'models'>,
): Promise<ModelsOfWorks> {
  const found = new Map<string, OwnModel & { readonly versionId: number | undefined }>();
  const works = wants.flatMap(({ belongs }) =>
    belongs?.kind === 'work' && belongs.creator !== undefined
      ? [{ ...belongs, creator: belongs.creator }]
      : [],
  );
  for (const [, own] of groupBy(works, ({ creator }) => comparableName(creator))) {
    const creator = own[0]?.creator ?? '';
    const models = await findOwnModels(creator, own, options);
    const ofPosts = modelsOfPosts(own, models);
    for (const work of own) {
      const id = work.postId === undefined ? undefined : ofPosts.get(work.postId);
      if (id === undefined) continue;
      const versionId = work.versionIds.find((version) => models.versions.get(version) === id);
      found.set(String(work.imageId), { id, name: models.names.get(id) ?? '', creator, versionId });
    }
  }
  return found;
}

function arrangeIn(
  { users, posts }: Books,
  wants: readonly Want[],
  works: ModelsOfWorks,
  models: readonly Model[],
): Arranged {
  const places = new Map<number, ModelPlace>();
  const at = (path: string): Pick<Want, 'output' | 'folder'> => ({
    output: users.output,
    folder: join(users.output, ...path.split('/')),
  });
  const settle = ({ id, name, creator }: OwnModel): ModelPlace => {
    const known = places.get(id);
    if (known !== undefined) return known;
    const subject = comparableName(creator ?? '');
    const parent = users.book.folderOf({
      kind: 'creator',
      subject,
      parent: users.parent,
      name: creatorFolder(creator),
    });
    const folder = users.book.folderOf({
      kind: 'model',
      subject: String(id),
      parent,
      name: modelFolder(name, id),
    });
    const made = { ...at(folder), creatorFolder: at(parent).folder };
    places.set(id, made);
    return made;
  };
  // By age, so that of two models with one name the older has the plain one, whichever was named first.
  const named = wants.flatMap(({ belongs }) => (belongs?.kind === 'model' ? [belongs] : []));
  const told = models.map(({ id, name, creator }) => ({ id, name, creator: creator?.username }));
  for (const model of [...told, ...named, ...works.values()].toSorted((a, b) => a.id - b.id)) settle(model);
  const arranged = wants.map((want): Want => {
    const { belongs } = want;
    if (belongs?.kind === 'model') return { ...want, ...placeOf(settle(belongs)) };
    if (belongs?.postId === undefined) return want;
    const work = works.get(want.subject);
    const kept = belongs.kind === 'work' ? users.book.known('work', String(belongs.postId)) : undefined;
    if (kept !== undefined) {
      const modelId = Number(users.book.ownerOf('model', kept)) as ModelId;
      return { ...want, ...at(kept), modelId, versionId: versionOf(work) };
    }
    if (belongs.kind === 'work' && work !== undefined) {
      const place = settle(work);
      users.book.share('work', String(belongs.postId), relativeTo(users.output, place.folder));
      return { ...want, ...placeOf(place), modelId: work.id as ModelId, versionId: versionOf(work) };
    }
    const title = belongs.kind === 'post' ? belongs.title : undefined;
    const folder = posts.book.folderOf({
      kind: 'post',
      subject: String(belongs.postId),
      parent: posts.parent,
      name: postFolder(title, belongs.postId),
    });
    return { ...want, output: posts.output, folder: join(posts.output, ...folder.split('/')) };
  });
  return { wants: arranged, places };
}

function placeOf({ output, folder }: ModelPlace): Pick<Want, 'output' | 'folder'> {
  return { output, folder };
}
