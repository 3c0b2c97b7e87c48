import type { Route } from './route.ts';

interface Match {
  readonly route: Route;
  readonly params: Record<string, string>;
}

/**
 * Finds the route of a path: the pattern with most fixed segments wins, then the earlier one; among routes of one pattern
 * the one with this method, else any (the caller decides what a wrong method means: the site enforces it for some
 * classes only).
 */
export type Matcher = (method: string, path: string) => Match | undefined;

/** Compiles a table once; see `Route.pattern` for the language. */
export function matcher(routes: readonly Route[]): Matcher {
  const table = routes.map((route) => ({ route, parts: segments(route.pattern) }));
  table.sort((a, b) => fixedSegments(b.parts) - fixedSegments(a.parts));
  return (method, path) => {
    const given = segments(path);
    let found: Match | undefined;
    for (const { route, parts } of table) {
      if (found !== undefined && route.pattern !== found.route.pattern) continue;
      const params = fit(parts, given);
      if (params === undefined) continue;
      if (route.method === method) return { route, params };
      found ??= { route, params };
    }
    return found;
  };
}

function fixedSegments(parts: readonly string[]): number {
  return parts.filter((part) => !part.startsWith(':')).length;
}

function segments(path: string): string[] {
  return path.split('/').slice(1);
}

function fit(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [at, part] of parts.entries()) {
    if (part.startsWith(':') && part.endsWith('*')) {
      params[part.slice(1, -1)] = given.slice(at).map(decode).join('/');
      return params;
    }
    const value = given[at];
    if (value === undefined) return undefined;
    if (part.startsWith(':')) params[part.slice(1)] = decode(value);
    else if (part !== value) return undefined;
  }
  return given.length === parts.length ? params : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
