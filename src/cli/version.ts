import { readFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The program's version, from its package.json: two folders up in a checkout, three in a built package. */
export const VERSION: string = readVersion();

function readVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (!existsSync(path)) continue;
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (
      typeof value === 'object' &&
      value !== null &&
      'name' in value &&
      value.name === 'civitarium' &&
      'version' in value
    )
      return String(value.version);
  }
  return '0.0.0';
}
