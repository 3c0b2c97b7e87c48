import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names and stats of all below a folder, as bare as Node can do it. */
const SCRIPT = `
import { lstatSync, readdirSync } from 'node:fs';
let count = 0;
function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = folder + '/' + entry.name;
    lstatSync(path);
    if (entry.isDirectory()) walk(path);
    else count += 1;
  }
}
walk(process.argv[2]);
console.log(count);
`;

/** Writes the baseline of every walk as plain JavaScript, so that no types are stripped when it starts; gives its path. */
export function writeBareWalk(folder: string): string {
  const path = join(folder, 'bare-walk.mjs');
  writeFileSync(path, SCRIPT);
  return path;
}
