import { sep } from 'node:path';

/** The absolute path of a file from its root's and its own, which has forward slashes; native separators. */
export function absolutePath(rootPath: string, relativePath: string): string {
  const native = sep === '/' ? relativePath : relativePath.replaceAll('/', sep);
  return rootPath.endsWith(sep) ? rootPath + native : rootPath + sep + native;
}
