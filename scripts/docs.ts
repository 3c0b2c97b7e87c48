/**
 * `npm run docs` writes docs/reference/ from the code; `--check` only compares and fails when a page is out of date.
 * Everything else in docs/ is written by hand.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsPage } from './reference/commands.ts';
import { configPage } from './reference/config.ts';
import { endpointsPage } from './reference/endpoints.ts';
import { errorsPage } from './reference/errors.ts';
import { exitCodesPage } from './reference/exit-codes.ts';
import { filesPage } from './reference/files.ts';
import { licencesPage } from './reference/licences.ts';
import { tablesPage } from './reference/tables.ts';

const FOLDER = fileURLToPath(new URL('../docs/reference/', import.meta.url));

interface ReferencePage {
  readonly name: string;
  /** One line for the index. */
  readonly about: string;
  readonly render: () => string | Promise<string>;
}

const PAGES: readonly ReferencePage[] = [
  { name: 'commands.md', about: 'every command, argument and flag', render: commandsPage },
  { name: 'config.md', about: 'every key of `civitarium.yaml`', render: configPage },
  { name: 'exit-codes.md', about: 'what the exit codes mean', render: exitCodesPage },
  { name: 'errors.md', about: 'every error code, what it means, what to do', render: errorsPage },
  { name: 'files.md', about: 'what is written, and where', render: filesPage },
  { name: 'tables.md', about: 'the tables of the catalog', render: tablesPage },
  { name: 'endpoints.md', about: 'what the site is asked, and how fast', render: endpointsPage },
  { name: 'licences.md', about: 'the packages it stands on and their licences', render: licencesPage },
];

/** Every generated page by its file name, the index included. */
export async function referencePages(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for (const { name, render } of PAGES) pages.set(name, await render());
  const list = PAGES.map(({ name, about }) => `- [${name.replace('.md', '')}](${name}): ${about}`).join('\n');
  pages.set(
    'README.md',
    `# Reference\n\nMade from the code by \`npm run docs\`; edit the code instead.\n\n${list}\n`,
  );
  return pages;
}

/** Names of pages that are not as the code says: changed, not there, or too many. */
export function outdated(pages: ReadonlyMap<string, string>): string[] {
  const present = existsSync(FOLDER) ? readdirSync(FOLDER) : [];
  const wrong = [...pages].filter(
    ([name, text]) => !present.includes(name) || readFileSync(join(FOLDER, name), 'utf8') !== text,
  );
  return [...wrong.map(([name]) => name), ...present.filter((name) => !pages.has(name))];
}

function write(pages: ReadonlyMap<string, string>, names: readonly string[]): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of names) {
    const text = pages.get(name);
    if (text === undefined) rmSync(join(FOLDER, name));
    else writeFileSync(join(FOLDER, name), text);
  }
}

async function main(): Promise<number> {
  const pages = await referencePages();
  const names = outdated(pages);
  if (process.argv.includes('--check')) {
    if (names.length > 0) console.log(`Out of date: ${names.join(', ')}. Run npm run docs.`);
    return names.length === 0 ? 0 : 1;
  }
  write(pages, names);
  console.log(names.length === 0 ? 'The reference is up to date.' : `Written: ${names.join(', ')}`);
  return 0;
}

if (import.meta.main) process.exitCode = await main();
