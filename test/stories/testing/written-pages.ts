import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';

const LINK = /\b(?:href|src|poster)="([^"]*)"/g;
const MODEL = /\.(?:safetensors|ckpt|pt|pth|gguf)$/;
const NOTE = /(?:\.preview\d*\.\w+|\.civitai\.json|\.civitai\.info|\.civitarium\.html|\.json|\.html)$/;

/** A model as a gallery's data has it. */
export interface ShownModel {
  /** Civitai's number of the version. */
  readonly version: number;
  readonly path: string;
}

/** Links of pages and galleries below a folder that lead nowhere: `page → link`, relative to it. */
export function deadLinks(folder: string): string[] {
  const pages = filesBelow(folder).filter((path) => path.endsWith('.html'));
  return pages.flatMap((page) => {
    const dead = [...linksOf(join(folder, page)), ...galleryLinks(join(folder, page))].filter(
      (link) => !leads(dirname(join(folder, page)), link),
    );
    return [...new Set(dead)].map((link) => `${page} → ${link}`);
  });
}

/** Notes, pages and previews below a folder whose model file does not lie beside them, relative to it. */
export function leftBehind(folder: string): string[] {
  const all = filesBelow(folder);
  const stems = new Set(all.filter((path) => MODEL.test(path)).map((path) => path.replace(MODEL, '')));
  return all.filter((path) => {
    if (path.includes('.files/') || existsSync(join(folder, path.replace(/html$/, 'files')))) return false;
    return NOTE.test(path) && !stems.has(path.replace(NOTE, '')) && !stems.has(path.replace(/\.\w+$/, ''));
  });
}

/** The models of a gallery (the path of its page), by version. */
export function shownIn(gallery: string): ShownModel[] {
  const data = dataOf(gallery);
  const path = list<string>(data, 'path');
  return list<number>(data, 'siteVersion')
    .map((version, index) => ({ version, path: path[index] ?? '' }))
    .toSorted((a, b) => a.version - b.version);
}

function galleryLinks(page: string): string[] {
  if (!existsSync(join(filesOf(page), 'cards.js'))) return [];
  const data = dataOf(page);
  return ['page', 'thumb', 'video'].flatMap((column) => list<string>(data, column)).filter(Boolean);
}

function filesOf(page: string): string {
  return page.replace(/\.html$/, '.files');
}

/** The columns of a gallery's cards, of all of its files one after the other. */
function dataOf(gallery: string): readonly Record<string, unknown>[] {
  const window: { [name: string]: unknown } = {};
  const names = readdirSync(filesOf(gallery)).filter((name) => /^cards(?:-\d+)?\.js$/.test(name));
  for (const name of names.sort())
    runInNewContext(readFileSync(join(filesOf(gallery), name), 'utf8'), { window, JSON });
  const parts = (window['civitariumCards'] ?? []) as { readonly columns: Record<string, unknown> }[];
  return parts.map(({ columns }) => columns);
}

function list<T>(data: readonly Record<string, unknown>[], column: string): T[] {
  return data.flatMap((part) => (Array.isArray(part[column]) ? (part[column] as T[]) : []));
}

function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8');
  const links = [...text.matchAll(LINK)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
  return links.filter((link) => !/^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i.test(link) && link !== '');
}

function leads(folder: string, link: string): boolean {
  return existsSync(join(folder, decodeURIComponent(link.replace(/[?#].*$/, ''))));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => basename(path) !== '');
}
