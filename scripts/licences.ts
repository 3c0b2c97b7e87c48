/** `npm run check` calls this with `--check`: every package that is installed with Civitarium has a licence we may pass on. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOCK = fileURLToPath(new URL('../package-lock.json', import.meta.url));

/** Licences that allow use in an MIT program, in their SPDX names. */
const ALLOWED: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
]);

/** Single packages with another licence, each with the reason why it may stay. */
const EXCEPTIONS: readonly { readonly name: RegExp; readonly licence: string; readonly why: string }[] = [
  {
    name: /^@img\/sharp-/,
    licence: 'LGPL-3.0-or-later',
    why: 'libvips comes as a library of its own that the user may replace',
  },
];

/** A package that comes along when Civitarium is installed. */
export interface Dependency {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, `unknown` when the package does not say. */
  readonly licence: string;
  /** True for the builds of one package for single platforms. */
  readonly platform: boolean;
  /** True when our own package.json names it. */
  readonly direct: boolean;
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly os?: unknown;
  readonly cpu?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What is installed with Civitarium, the tools of the workshop left out; sorted by name. */
export function dependencies(): Dependency[] {
  const { packages } = JSON.parse(readFileSync(LOCK, 'utf8')) as { packages: Record<string, LockEntry> };
  const direct = new Set(Object.keys(packages['']?.dependencies ?? {}));
  const found = Object.entries(packages).flatMap(([path, entry]) => {
    if (path === '' || entry.dev === true || entry.devOptional === true) return [];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const platform = entry.os !== undefined || entry.cpu !== undefined || name.endsWith('-wasm32');
    return [
      {
        name,
        version: entry.version ?? '',
        licence: entry.license ?? 'unknown',
        platform,
        direct: direct.has(name),
      },
    ];
  });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Why a package may not come along; `undefined` when it may. */
export function objection({
  name,
  version,
  licence,
}: Pick<Dependency, 'name' | 'version' | 'licence'>): string | undefined {
  const extra = EXCEPTIONS.filter((one) => one.name.test(name)).map((one) => one.licence);
  const isFine = (part: string): boolean => ALLOWED.has(part) || extra.includes(part);
  const words = licence.replace(/[()]/g, '');
  const fits = words.split(' OR ').some((choice) => choice.split(' AND ').every(isFine));
  return fits ? undefined : `${name} ${version}: ${licence}`;
}

/** The exceptions as sentences, for the reference. */
export function exceptionTexts(): string[] {
  return EXCEPTIONS.map(
    ({ name, licence, why }) =>
      `\`${name.source.replaceAll('\\', '').replace('^', '')}*\` may be ${licence}: ${why}.`,
  );
}

function main(): number {
  const all = dependencies();
  const objections = all.map(objection).filter((text) => text !== undefined);
  for (const text of objections) console.log(`Not allowed: ${text}`);
  if (objections.length === 0) console.log(`${all.length} packages, every licence is allowed.`);
  return objections.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
