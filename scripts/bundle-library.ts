/**
 * Puts a library that consists of hundreds of small files into one file of the built program: each file costs about half
 * a millisecond at the start of every command.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * Bundles what the program imports of package `name` to `<program>/libraries/<name>.js`, its licence on top, and points
 * the imports of all JavaScript below `program` (an absolute folder of emitted modules) there.
 */
export async function bundleLibrary(name: string, program: string): Promise<void> {
  const importing = new RegExp(String.raw`\bimport \{([^}]*)\} from (['"])${name}\2`, 'g');
  const bundled = join(program, 'libraries', `${name}.js`);
  const wanted = new Set<string>();
  for (const file of await scriptsIn(program)) {
    const text = await readFile(file, 'utf8');
    const path = relative(dirname(file), bundled).replaceAll('\\', '/');
    const pointed = text.replaceAll(importing, (_, names: string) => {
      for (const one of names.split(',')) wanted.add(one.replace(/ as .*/s, '').trim());
      return `import {${names}} from '${path.startsWith('.') ? '' : './'}${path}'`;
    });
    if (pointed !== text) await writeFile(file, pointed);
  }
  wanted.delete('');
  const { build } = await import('esbuild');
  await build({
    stdin: {
      contents: `export { ${[...wanted].join(', ')} } from '${name}';`,
      resolveDir: import.meta.dirname,
    },
    outfile: bundled,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    charset: 'utf8',
    banner: { js: `/*! ${name}\n\n${await licenceOf(name)}\n*/` },
    logLevel: 'warning',
  });
}

async function licenceOf(name: string): Promise<string> {
  const entry = dirname(require.resolve(name));
  const folder = entry.slice(
    0,
    entry.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length,
  );
  const found = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
  if (found === undefined) throw new Error(`${name} has no licence file to carry along.`);
  return (await readFile(join(folder, found), 'utf8')).trim().replaceAll('*/', '* /');
}

async function scriptsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name));
}
