import { basename, dirname, join, resolve } from 'node:path';
import type { StockFile, WalkedRoot } from '../../archive/take-stock.ts';
import { isInside } from '../../archive/targets.ts';
import { boundsOf } from '../../library/inside.ts';
import type { Bounds } from '../../library/inside.ts';
import type { WalkedFile } from '../../library/walked.ts';
import {
  configuredFolders,
  configuredPlaces,
  configuredPreview,
  configuredSlot,
  parseNames,
} from '../../profiles/configured.ts';
import type { ConfiguredFile, ConfiguredPlaces, ConfiguredTemplates } from '../../profiles/configured.ts';
import type { ConfiguredLayout } from './layout-configured.ts';
import { inputFinder, NO_TYPE } from './layout-inputs.ts';
import type { LayoutInput } from './layout-inputs.ts';
import { filelessIn } from './naming.ts';
import type { Naming } from './naming.ts';

/**
 * The naming that a configuration gives to every root. All roots share their names, for a path may lead anywhere. `held`:
 * absolute paths of notes and pages from earlier runs to the absolute path of their model file; they stay its own.
 */
export function configuredNamings(
  roots: readonly WalkedRoot[],
  filesOf: (root: WalkedRoot) => readonly StockFile[],
  layout: ConfiguredLayout,
  held: ReadonlyMap<string, string>,
): Map<WalkedRoot, Naming> {
  const templates = parseNames(layout.names);
  const inputOf = inputFinder(layout.inputs);
  const files = roots.flatMap((root) => filesToName(root, filesOf(root), inputOf));
  const places = configuredPlaces(templates, files, held);
  return new Map(
    roots.map((root) => [
      root,
      namingFrom(templates, configuredBounds(templates, root), (file) =>
        places.get(join(folderOf(root, file.walked), file.walked.name)),
      ),
    ]),
  );
}

/** The files that inputs mean, whether or not the run asks about them, and what else is known. */
function filesToName(
  root: WalkedRoot,
  known: readonly StockFile[],
  inputOf: (path: string) => LayoutInput | undefined,
): ConfiguredFile[] {
  const own = new Set(known.map((file) => file.walked));
  return [...root.walk.files, ...filelessIn(known)].flatMap((walked) => {
    const input = inputOf(`${root.target.root}/${walked.path}`);
    if (input === undefined && !own.has(walked)) return [];
    return [
      { folder: folderOf(root, walked), name: walked.name, stem: walked.stem, type: input?.type ?? NO_TYPE },
    ];
  });
}

/** A folder whose name is not UTF-8 can't be written into by its text: its files' notes go to the root. */
function folderOf({ target }: WalkedRoot, { folder, rawPath }: WalkedFile): string {
  return rawPath !== undefined && folder.includes('\uFFFD')
    ? resolve(target.root)
    : resolve(target.root, folder);
}

/** Within the root, and where the configuration says in plain text that something lies outside of it. */
function configuredBounds(templates: ConfiguredTemplates, root: WalkedRoot): Bounds {
  const top = resolve(root.target.root);
  const folders = configuredFolders(templates, new Set(root.walk.files.map((file) => folderOf(root, file))));
  const outside = [...folders].filter((folder) => folder !== top && !isInside(top, folder));
  const own = boundsOf(top, root.walk.links);
  const others = outside.map((folder) => ({ folder, bounds: boundsOf(folder) }));
  return {
    check(path) {
      const found = others.find(({ folder }) => isInside(folder, resolve(path)));
      if (found === undefined || isInside(top, resolve(path))) own.check(path);
      else found.bounds.check(path);
    },
  };
}

function namingFrom(
  templates: ConfiguredTemplates,
  bounds: Bounds,
  find: (file: StockFile) => ConfiguredPlaces | undefined,
): Naming {
  const placesOf = (file: StockFile): ConfiguredPlaces => {
    const places = find(file);
    if (places === undefined) throw new Error(`No places for ${file.walked.path}.`);
    return places;
  };
  const pageOf = (file: StockFile): string => placesOf(file).page ?? `${placesOf(file).info}.html`;
  return {
    profile: 'configured',
    bounds,
    hasPages: templates.page !== undefined,
    info: (file) => ({ path: placesOf(file).info, otherwise: placesOf(file).infoOtherwise }),
    page(file) {
      const path = pageOf(file);
      return {
        path,
        otherwise: join(dirname(path), `${basename(path).replace(/\.html?$/i, '')}.civitarium.html`),
      };
    },
    preview(file, slot) {
      const { folder, base } = placesOf(file).preview;
      return { folder, name: configuredPreview(base, slot) };
    },
    slotOf(file, name) {
      const picture = PICTURE.exec(name);
      if (picture === null) return undefined;
      return configuredSlot(placesOf(file).preview.base, name.slice(0, picture.index));
    },
    withoutSlot: (name) => name.replace(/\.?[1-9]\d{0,5}$/, ''),
    places() {
      throw new Error('A configured layout has no places relative to a folder.');
    },
  };
}

const PICTURE = /\.(?:png|jpe?g|webp|gif|avif|jxl|mp4|webm)$/i;
