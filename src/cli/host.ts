import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** This machine's random id, kept in the state folder; a network name or address would change. */
export function readHostId(stateFolder: string, options: { readonly keep: boolean }): string {
  const path = join(stateFolder, 'host-id');
  if (existsSync(path)) {
    const id = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(id)) return id;
  }
  const id = randomUUID();
  if (!options.keep) return id;
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, `${id}\n`, { flag: 'wx' });
    return id;
  } catch {
    // Another process was first, or the file held rubbish: take what is there, or replace the rubbish.
    const present = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(present)) return present;
    writeFileSync(path, `${id}\n`);
    return id;
  }
}
