import { dirname, join } from 'node:path';
import { comparableName } from '../../archive/posts/coverage.ts';
import { chunks } from '../../base/pool.ts';
import { coverageGlances } from '../../catalog/coverage.ts';
import { creatorKey, knownCreators } from '../../catalog/creator.ts';
import { usedVersions, viewCollected } from '../../catalog/collected-image.ts';
import type { CollectedImage, CollectedImageView, UsedVersion } from '../../catalog/collected-image.ts';
import type { Catalog } from '../../catalog/open.ts';
import { postTitles } from '../../catalog/place.ts';
import type { CardView } from '../../catalog/views.ts';
import { creatorPage } from '../../pages/creator-page.ts';
import type { PostGlance } from '../../pages/creator-page.ts';
import { creatorFile, IMAGE_PAGE, IMAGES_PAGE, postFile } from '../../pages/face-names.ts';
import type { FaceLinks } from '../../pages/face-parts.ts';
import { inGalleryOrder } from '../../pages/gallery.ts';
import { ImageColumns } from '../../pages/image-columns.ts';
import { imagesPage } from '../../pages/images-page.ts';
import { MadeWith } from '../../pages/made-with.ts';
import { postPage } from '../../pages/post-page.ts';
import type { DataFile } from '../../pages/script-data.ts';
import type { Deps } from '../deps.ts';
import type { GalleryPlace } from './galleries.ts';
import { hrefFrom } from './local-links.ts';
import { openVariants } from './shown-variants.ts';

/** What the pages around images and creators are made of. All paths absolute. */
export interface FaceParts {
  readonly place: GalleryPlace;
  /** The page of the model gallery. */
  readonly gallery: string;
  readonly title: string;
  readonly collected: readonly CollectedImage[];
  /** All models of the roots. */
  readonly cards: readonly CardView[];
  /** Model file to page. */
  readonly pageOf: ReadonlyMap<string, string>;
  /** Picture or film to a small picture. */
  thumbOf(path: string): string | undefined;
}

/** Images read and written at a time. */
const AT_ONCE = 500;

/** The image gallery, the pages of images, posts and creators, and what they read. Names are relative to `gallery.files/`. */
export class Faces {
  /** What images were made with; full when `files` has come to its end. */
  readonly made: MadeWith;
  readonly #deps: Deps;
  readonly #catalog: Catalog;
  readonly #parts: FaceParts;
  readonly #pageOfVersion = new Map<number, string>();
  readonly #posts = new Map<number, CollectedImageView[]>();
  readonly #glances = new Map<string, PostGlance[]>();
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #titles: ReadonlyMap<number, string> = new Map();

  constructor(deps: Deps, catalog: Catalog, parts: FaceParts) {
    this.#deps = deps;
    this.#catalog = catalog;
    this.#parts = parts;
    for (const { versionId, path } of parts.cards) {
      const page = parts.pageOf.get(path);
      if (versionId !== undefined && page !== undefined && !this.#pageOfVersion.has(versionId))
        this.#pageOfVersion.set(versionId, page);
    }
    this.made = new MadeWith((versionId) => this.#pageOfVersion.has(versionId));
  }

  async *files(): AsyncGenerator<DataFile> {
    if (this.#parts.collected.length > 0) yield* this.#images();
    yield* this.#creators();
  }

  async *#images(): AsyncGenerator<DataFile> {
    const { collected, place, title, gallery } = this.#parts;
    this.#titles = await postTitles(this.#catalog.db, await this.#deps.hostId());
    const variantsOf = openVariants(this.#deps);
    const versions = new Map<number, UsedVersion>();
    const columns = new ImageColumns({
      version: (id) => versions.get(id),
      pageOfVersion: (id) => this.#href(place.files, this.#pageOfVersion.get(id)),
      titleOfPost: (id) => this.#titles.get(id),
    });
    const left = countsBy(collected, ({ post_id: postId }) => postId ?? 0);
    for (const some of chunks(collected, AT_ONCE)) {
      this.#deps.signal.throwIfAborted();
      const views = (await viewCollected(this.#catalog.db, some)).map((view) => ({
        ...view,
        ...variantsOf(view),
      }));
      const named = views.flatMap((view) => view.resources.flatMap(({ versionId }) => versionId ?? []));
      const fresh = await usedVersions(this.#catalog.db, named.filter((id) => !versions.has(id))); // prettier-ignore
      for (const [id, version] of fresh) versions.set(id, version);
      for (const view of views) {
        const thumb = this.#href(place.files, this.#parts.thumbOf(view.heldPath));
        yield* columns.add({ view, file: hrefFrom(place.files, view.heldPath), thumb });
        this.made.add(view, thumb);
        yield* this.#takePost(view, left);
      }
    }
    yield* columns.end();
    yield* this.made.files((versionId) => columns.labelOf(versionId));
    const shell = { title, gallery: hrefFrom(place.files, gallery) };
    yield { name: IMAGES_PAGE, bytes: imagesPage({ ...shell, shows: 'all' }) };
    yield { name: IMAGE_PAGE, bytes: imagesPage({ ...shell, shows: 'one' }) };
  }

  /** Keeps an image for its post, and gives the post's page when it was the last of it. */
  *#takePost(view: CollectedImageView, left: Map<number, number>): Generator<DataFile> {
    const { postId, username } = view;
    if (username !== undefined) this.#noteCreator(username);
    if (postId === undefined) return;
    const images = this.#posts.get(postId) ?? [];
    this.#posts.set(postId, images);
    images.push(view);
    const more = (left.get(postId) ?? 1) - 1;
    left.set(postId, more);
    if (more > 0) return;
    this.#posts.delete(postId);
    this.#noteGlance(postId, images);
    const name = postFile(postId);
    yield {
      name,
      bytes: postPage({ id: postId, title: this.#titles.get(postId), images }, this.#links(name)),
    };
  }

  #noteCreator(username: string): void {
    const key = creatorKey(username);
    this.#names.set(key, this.#names.get(key) ?? username);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  #noteGlance(id: number, images: readonly CollectedImageView[]): void {
    const creator = images.find(({ username }) => username !== undefined)?.username;
    const cover = images.find(({ media }) => media === 'image') ?? images[0];
    if (creator === undefined || cover === undefined) return;
    const glances = this.#glances.get(creatorKey(creator)) ?? [];
    this.#glances.set(creatorKey(creator), glances);
    const { heldPath, nsfwLevel } = cover;
    glances.push({ id, title: this.#titles.get(id), images: images.length, nsfwLevel, cover: heldPath });
  }

  async *#creators(): AsyncGenerator<DataFile> {
    const models = new Map<string, CardView[]>();
    for (const card of inGalleryOrder(this.#parts.cards)) {
      if (card.creator === undefined || card.creator === '') continue;
      const key = creatorKey(card.creator);
      this.#names.set(key, this.#names.get(key) ?? card.creator);
      const own = models.get(key);
      if (own === undefined) models.set(key, [card]);
      else own.push(card);
    }
    const keys = [...this.#names.keys()].toSorted();
    const coverage = await coverageGlances(this.#catalog.db);
    const ofSite = await knownCreators(this.#catalog.db, keys);
    for (const key of keys) {
      const creator = this.#names.get(key) ?? key;
      const file = creatorFile(creator);
      const view = {
        name: creator,
        isOfSite: ofSite.has(key) || this.#counts.has(key),
        models: models.get(key) ?? [],
        posts: (this.#glances.get(key) ?? []).toSorted((a, b) => b.id - a.id),
        images: this.#counts.get(key) ?? 0,
        coverage: coverage.get(comparableName(creator)) ?? [],
      };
      yield { name: file, bytes: creatorPage(view, this.#links(file)) };
    }
  }

  #links(name: string): FaceLinks {
    const { place, gallery, pageOf, thumbOf, collected } = this.#parts;
    const folder = dirname(join(place.files, name));
    const own = (file: string): string => hrefFrom(folder, join(place.files, file));
    return {
      assets: '../',
      gallery: hrefFrom(folder, gallery),
      images: collected.length > 0 ? own(IMAGES_PAGE) : undefined,
      hrefOf: (path) => hrefFrom(folder, path),
      pageOf: (path) => this.#href(folder, pageOf.get(path)),
      pageOfVersion: (versionId) => this.#href(folder, this.#pageOfVersion.get(versionId)),
      thumbOf: (path) => this.#href(folder, thumbOf(path)),
      posterOf: (path) => this.#href(folder, thumbOf(path)),
      creatorPage: (creator) => own(creatorFile(creator)),
      imagePage: (imageId) => `${own(IMAGE_PAGE)}#id=${imageId}`,
      postPage: (postId) => own(postFile(postId)),
      siteUrl: 'https://civitai.com',
    };
  }

  #href(folder: string, path: string | undefined): string | undefined {
    return path === undefined ? undefined : hrefFrom(folder, path);
  }
}

function countsBy<Item>(items: readonly Item[], keyOf: (item: Item) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
