import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every path below a folder with a hash of its bytes (or where a link points): equal trees are equal objects. */
export function treeOf(folder: string, keep: (path: string) => boolean = () => true): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'buffer' })) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), name]);
    const stats = lstatSync(path);
    if (stats.isDirectory()) continue;
    const key = name.toString('latin1');
    if (!keep(name.toString('utf8'))) continue;
    tree[key] = stats.isSymbolicLink() ? `link ${readlinkSync(path)}` : createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Names in a folder, sorted. */
export function namesIn(folder: string, ...inner: string[]): string[] {
  return readdirSync(join(folder, ...inner)).sort();
}
