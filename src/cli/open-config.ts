import type { ConfigFile } from '../config/schema.ts';
import { VERBS } from '../verbs/list.ts';
import type { Input } from '../verbs/option.ts';
import type { Verb } from '../verbs/verb.ts';

/** The configuration in force, if there is one. */
export interface OpenedConfig {
  readonly config: ConfigFile | undefined;
  readonly path: string | undefined;
  /** What the user should hear on every run: variables that are not set. */
  readonly warnings: readonly string[];
  /** The commands that it was checked against; empty without a file. */
  readonly verbs: readonly Verb[];
}

const NONE: OpenedConfig = { config: undefined, path: undefined, warnings: [], verbs: [] };

/**
 * Finds and checks the configuration; the libraries for it are loaded only when there is one. `lenient`: a broken file
 * counts as none, so that `config check` can say what is wrong with it.
 */
export async function openConfig(
  common: Input['options'],
  folder: string,
  lenient: boolean,
): Promise<OpenedConfig> {
  const given = typeof common['config'] === 'string' ? common['config'] : undefined;
  const { findConfig } = await import('../config/file.ts');
  const source = findConfig({ given, env: process.env, cwd: process.cwd(), folder });
  if (source === undefined) return NONE;
  const [{ parseConfig, problemLine, requireConfig }, { configSchema }, ...verbs] = await Promise.all([
    import('../config/parse.ts'),
    import('../config/schema.ts'),
    ...VERBS.map((entry) => entry.load()),
  ]);
  const parsed = parseConfig(source, configSchema(verbs), process.env);
  const config = lenient ? parsed.config : requireConfig(source, parsed);
  const warnings = lenient ? [] : parsed.unset.map((problem) => problemLine(source, problem));
  return { config, path: source.path, warnings, verbs };
}
