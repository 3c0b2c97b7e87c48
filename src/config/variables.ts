/** A variable that is named in a text and not set. */
export interface UnsetVariable {
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$([A-Za-z_][A-Za-z0-9_]*)/g;

/**
 * Replaces `${VAR}` and `$VAR` in every text, and `~/` at its start by the home folder. What is not set stays as it is
 * written, and is told.
 */
export function expandVariables(
  value: unknown,
  env: Environment,
): { readonly value: unknown; readonly unset: readonly UnsetVariable[] } {
  const unset: UnsetVariable[] = [];
  const expand = (inner: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof inner === 'string') {
      return homed(inner, env).replace(VARIABLE, (whole, braced?: string, bare?: string) => {
        // A password may hold a dollar sign.
        if (bare !== undefined && /^postgres(?:ql)?:/.test(inner)) return whole;
        const name = braced ?? bare ?? '';
        const set = env[name];
        if (set === undefined) unset.push({ path, name });
        return set ?? whole;
      });
    }
    if (Array.isArray(inner)) return inner.map((item, index) => expand(item, [...path, index]));
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, expand(one, [...path, key])]));
  };
  return { value: expand(value, []), unset };
}

function homed(text: string, env: Environment): string {
  const home = env['HOME'] ?? env['USERPROFILE'];
  return (text === '~' || text.startsWith('~/')) && home !== undefined ? home + text.slice(1) : text;
}
