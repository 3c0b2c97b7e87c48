import { describe, expect, it } from 'vitest';
import { matcher } from './match.ts';
import type { Route } from './route.ts';

function route(method: Route['method'], pattern: string): Route {
  return {
    method,
    pattern,
    endpoint: `${method} ${pattern}`,
    access: 'public',
    respond: () => ({ status: 200 }),
  };
}

describe('matcher', () => {
  const find = matcher([
    route('GET', '/hash/:hash'),
    route('POST', '/hash/ids'),
    route('POST', '/hash'),
    route('GET', '/media/:rest*'),
    route('GET', '/user/:name'),
    route('POST', '/user/:name'),
  ]);
  const endpoint = (method: string, path: string): string | undefined => find(method, path)?.route.endpoint;

  it('prefers fixed segments to names whatever the method', () => {
    expect(endpoint('POST', '/hash/ids')).toBe('POST /hash/ids');
    expect(endpoint('GET', '/hash/ids')).toBe('POST /hash/ids');
    expect(endpoint('GET', '/hash/abc')).toBe('GET /hash/:hash');
    expect(endpoint('GET', '/hash')).toBe('POST /hash');
  });

  it('takes the method that fits among equal patterns', () => {
    expect(endpoint('POST', '/user/x')).toBe('POST /user/:name');
    expect(endpoint('GET', '/user/x')).toBe('GET /user/:name');
  });

  it('decodes names, also broken ones, and takes the rest of a path', () => {
    expect(find('GET', '/user/a%20b')?.params['name']).toBe('a b');
    expect(find('GET', '/user/%ff')?.params['name']).toBe('%ff');
    expect(find('GET', '/media/a/b%2Fc/d')?.params['rest']).toBe('a/b/c/d');
    expect(find('GET', '/nowhere')).toBeUndefined();
  });
});
