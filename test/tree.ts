import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** Every path below a folder with a hash of its bytes (or where a link points): equal trees are equal objects. */
export function treeOf(folder: string, keep: (path: string) => boolean = () => true): Record<string, string> {
  const tree: Record<string, string> = {};
  addTo(tree, Buffer.from(folder), Buffer.alloc(0), keep);
  return tree;
}

/** Names are read as bytes: not all of them are UTF-8. */
function addTo(
  tree: Record<string, string>,
  folder: Buffer,
  inner: Buffer,
  keep: (path: string) => boolean,
): void {
  for (const name of readdirSync(folder, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const relative = inner.length === 0 ? name : Buffer.concat([inner, Buffer.from('/'), name]);
    const stats = lstatSync(path);
    if (stats.isDirectory()) addTo(tree, path, relative, keep);
    else if (keep(relative.toString('utf8'))) tree[relative.toString('latin1')] = contentOf(path, stats);
  }
}

/** Pipes and the like are never opened: that could wait for ever. */
function contentOf(path: Buffer, stats: Stats): string {
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return stats.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'no file';
}

/** When each file below a folder was last written, in epoch milliseconds. */
export function timesOf(folder: string): Record<string, number> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names.flatMap((name) => {
      const stats = statSync(join(folder, name));
      return stats.isFile() ? [[name, stats.mtimeMs] as const] : [];
    }),
  );
}
