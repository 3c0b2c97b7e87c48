import { basename, dirname } from 'node:path';
import { formatCount } from '../../base/bytes.ts';
import type { OrganisePlan } from '../../archive/organise/plan.ts';
import { shownPath } from '../../library/disk-path.ts';
import { columnsOf, cutMiddle, padColumns } from '../columns.ts';

export interface TreeOptions {
  /** Absolute; what is in none of them is left out. */
  readonly outputs: readonly string[];
  /** The roots by id, absolute: places that files come from are told from there. */
  readonly roots: ReadonlyMap<number, string>;
  /** Columns of the screen: lines are cut to it, and long folders to their first files. `undefined` prints all in full. */
  readonly width?: number | undefined;
}

/** A model file in the tree. */
interface Leaf {
  readonly name: string;
  /** Where it comes from; empty for what is in its place. */
  readonly origin: string;
  readonly beside: number;
}

interface Branch {
  readonly folders: Map<string, Branch>;
  readonly leaves: Leaf[];
}

/** Files of one folder that a screen shows. */
const MOST_SHOWN = 8;
/** The program sets its lines in by so many columns. */
const MARGIN = 2;
const LEAST_WIDTH = 40;

/**
 * The tree under the output folders as a plan would leave it: folders with how many model files they hold in all, each file
 * with where it comes from and how much comes along, and the sums.
 */
export function treeLines(plan: OrganisePlan, options: TreeOptions): string[] {
  const width = options.width === undefined ? undefined : Math.max(LEAST_WIDTH, options.width - MARGIN);
  const lines: string[] = [];
  let folders = 0;
  for (const output of new Set(options.outputs)) {
    const tree = treeBelow(output, plan, options.roots);
    lines.push(`${output}/`, ...branchLines(tree, '  ', width));
    folders += foldersIn(tree);
  }
  if (plan.groups.length === 0) return lines;
  const beside = plan.groups.reduce((sum, { companions }) => sum + companions.length, 0);
  lines.push('', sumLine(plan.groups.length, folders, beside));
  return lines;
}

function sumLine(files: number, folders: number, beside: number): string {
  const along = beside === 0 ? '' : `, with ${formatCount(beside)} notes and pictures beside them`;
  return `${counted(files, 'file')} into ${counted(folders, 'folder')}${along}`;
}

function treeBelow(output: string, { groups, staying }: OrganisePlan, roots: TreeOptions['roots']): Branch {
  const tree: Branch = { folders: new Map(), leaves: [] };
  const put = (path: string, origin: string, beside: number): void => {
    if (!path.startsWith(`${output}/`)) return;
    const inner = dirname(path).slice(output.length + 1).split('/').filter(Boolean); // prettier-ignore
    let at = tree;
    for (const name of inner) {
      const next = at.folders.get(name) ?? { folders: new Map<string, Branch>(), leaves: [] };
      at.folders.set(name, next);
      at = next;
    }
    at.leaves.push({ name: plain(basename(path)), origin: plain(origin), beside });
  };
  for (const { file, target, companions } of groups)
    put(shownPath(target), originOf(shownPath(file.path), shownPath(target), roots.get(file.rootId)), companions.length); // prettier-ignore
  for (const { file, status } of staying) if (status === 'identical') put(shownPath(file.path), '', 0);
  return tree;
}

/** The folder a file comes from, with its name where that changes. */
function originOf(from: string, to: string, root: string | undefined): string {
  const folder = dirname(from);
  const inner =
    root === undefined || !`${folder}/`.startsWith(`${root}/`) ? folder : folder.slice(root.length + 1);
  const name = basename(from) === basename(to) ? '' : basename(from);
  return inner === '' ? `./${name}` : `${inner}/${name}`;
}

function branchLines({ folders, leaves }: Branch, indent: string, width: number | undefined): string[] {
  const lines: string[] = [];
  for (const [name, inner] of [...folders].sort(byName)) {
    const count = `   ${counted(filesIn(inner), 'file')}`;
    lines.push(`${indent}${cut(plain(name), room(width, indent.length + count.length + 1))}/${count}`);
    lines.push(...branchLines(inner, `${indent}  `, width));
  }
  return [...lines, ...leafLines(leaves, indent, width)];
}

function leafLines(all: readonly Leaf[], indent: string, width: number | undefined): string[] {
  const leaves = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // A line that says "1 more" may as well name the file.
  const isCut = width !== undefined && leaves.length > MOST_SHOWN + 1;
  const shown = isCut ? leaves.slice(0, MOST_SHOWN) : leaves;
  const inner = room(width, indent.length);
  const origins = shown.map((leaf) => tailOf(leaf, inner));
  const longest = Math.max(0, ...origins.map(columnsOf));
  const names = shown.map(({ name }) => cut(name, inner === undefined ? undefined : inner - longest));
  const column = Math.max(0, ...names.map(columnsOf));
  const lines = names.map((name, index) => {
    const origin = origins[index] ?? '';
    return origin === '' ? indent + name : indent + padColumns(name, column) + origin;
  });
  return isCut ? [...lines, `${indent}… ${formatCount(leaves.length - MOST_SHOWN)} more`] : lines;
}

function tailOf({ origin, beside }: Leaf, inner: number | undefined): string {
  if (origin === '') return '';
  const along = beside === 0 ? '' : ` +${beside}`;
  const most = inner === undefined ? undefined : Math.floor(inner / 2) - along.length - 4;
  return `  ← ${cut(origin, most)}${along}`;
}

function room(width: number | undefined, taken: number): number | undefined {
  return width === undefined ? undefined : Math.max(LEAST_WIDTH / 2, width - taken);
}

function cut(text: string, most: number | undefined): string {
  return most === undefined ? text : cutMiddle(text, most);
}

/** A name may hold line ends. */
function plain(name: string): string {
  return name.replaceAll(/[\n\r\t]/g, '\uFFFD');
}

function filesIn({ folders, leaves }: Branch): number {
  return [...folders.values()].reduce((sum, inner) => sum + filesIn(inner), leaves.length);
}

/** Folders that hold files themselves. */
function foldersIn({ folders, leaves }: Branch): number {
  const own = leaves.length > 0 ? 1 : 0;
  return [...folders.values()].reduce((sum, inner) => sum + foldersIn(inner), own);
}

function byName([a]: readonly [string, Branch], [b]: readonly [string, Branch]): number {
  return a < b ? -1 : 1;
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;
}
