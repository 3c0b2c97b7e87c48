import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MAY_IMPORT } from './house.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The doors of the house that stand outside its order, each with its reason. */
const EXCEPTIONS: readonly { readonly from: RegExp; readonly to: string; readonly why: string }[] = [
  { from: /^src\/verbs\/(?!demo\.ts)/, to: 'standin', why: 'only the demo starts the stand-in' },
  {
    from: /^src\/verbs\/(?!config\.ts)/,
    to: 'src/config',
    why: 'only the verb `config` speaks of the configuration',
  },
];

const MOST_LINES = 400;

interface Import {
  readonly from: string;
  readonly to: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

const FILES = ['src', 'web', 'standin'].flatMap(sourceFiles).filter((path) => !path.includes('/testing/'));

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function importsOf(path: string): Import[] {
  const found = textOf(path).matchAll(
    /(?:^|\s)(?:import|export)\s[^'";]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)|^import\s+'(\.[^']+)'/gm,
  );
  return [...found].map((match) => {
    const target = resolve(dirname(join(ROOT, path)), match[1] ?? match[2] ?? match[3] ?? '');
    return { from: path, to: relative(ROOT, target).replaceAll('\\', '/') };
  });
}

function roomOf(path: string): string {
  const room = Object.keys(MAY_IMPORT).find((folder) => path === folder || path.startsWith(`${folder}/`));
  return room ?? path;
}

const IMPORTS = FILES.flatMap(importsOf);

describe('the house', () => {
  it('lets a folder import only what the table names for it', () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [a, b] = [roomOf(from), roomOf(to)];
      return a !== b && !(MAY_IMPORT[a] ?? []).includes(b);
    });

    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('keeps the special doors to those who need them', () => {
    const wrong = EXCEPTIONS.flatMap(({ from, to, why }) =>
      IMPORTS.filter((one) => from.test(one.from) && roomOf(one.to) === to).map(
        (one) => `${one.from} imports ${one.to}: ${why}`,
      ),
    );

    expect(wrong).toEqual([]);
  });

  it('has no circle of imports between files', () => {
    expect(circlesIn(IMPORTS)).toEqual([]);
  });

  it('has no file that swallows a subject', () => {
    const long = FILES.filter((path) => textOf(path).trimEnd().split('\n').length > MOST_LINES);

    expect(long).toEqual([]);
  });

  it('has no names that say nothing', () => {
    const bad = FILES.filter((path) =>
      /(?:^|\/)(?:[\w-]+-)?(?:utils?|helpers?|manager|service|handler|processor|index)\.tsx?$/.test(path),
    );

    expect(bad).toEqual([]);
  });

  it('has no enum, namespace, default export, any or silenced error', () => {
    const bad = FILES.flatMap((path) =>
      [
        ...textOf(path).matchAll(
          /^\s*(?:export )?(?:const )?enum |^\s*(?:export )?namespace |^export default|\bas any\b|: any(?=[;,)\]=| ]*$)|@ts-(?:ignore|expect-error|nocheck)/gm,
        ),
      ].map((match) => `${path}: ${match[0].trim()}`),
    );

    expect(bad).toEqual([]);
  });

  it('opens every folder of src with a short README', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const bad = folders
      .map(({ name }) => `src/${name}/README.md`)
      .filter((path) => {
        const lines = textOf(path).trimEnd().split('\n').length;
        return lines < 3 || lines > 15;
      });

    expect(bad).toEqual([]);
  });
});

/** Circles as one path each; types count too, for they tie files just the same. */
function circlesIn(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return circles;
}
