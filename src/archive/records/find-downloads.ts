import { opendir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, sep } from 'node:path';
import { standingAt } from '../../library/file-identity.ts';
import { LOGS_FOLDER } from '../../profiles/users.ts';
import type { ListedDownload } from './download-logs.ts';

const DEEPEST = 40;
const MEDIA = /\.(?:png|jpe?g|jfif|webp|gif|avif|jxl|mp4|webm|mp3)$/i;
const MODEL = /\.(?:safetensors|sft|ckpt|pt|pth|gguf|zip|bin)$/i;

/** Files below some folders by their names, to find those that lists name by paths of another machine. */
export interface FileIndex {
  /** The file (absolute) that a list means; `undefined` when there is none. */
  fileOf(listed: ListedDownload): string | undefined;
}

/** The folder that the paths of a list are below: a log lies in `download_logs/NAME` of it, other lists in it. */
export function folderOfList(path: string): string {
  const folder = dirname(path);
  return basename(dirname(folder)).toLowerCase() === LOGS_FOLDER ? dirname(dirname(folder)) : folder;
}

/** Looks through folders (absolute) once. Links are not followed. */
export async function indexFiles(folders: Iterable<string>, signal: AbortSignal): Promise<FileIndex> {
  const images = new Map<string, Set<string>>();
  const models = new Map<string, Set<string>>();
  const add = (path: string): void => {
    const name = basename(path);
    const id = MEDIA.test(name) ? /^(\d{1,10})\.\w+$/.exec(name)?.[1] : undefined;
    if (id !== undefined) images.set(id, (images.get(id) ?? new Set()).add(path));
    else if (MODEL.test(name))
      models.set(name.toLowerCase(), (models.get(name.toLowerCase()) ?? new Set()).add(path));
  };
  for (const folder of new Set(folders)) await gather(folder, 0, add, signal);
  return {
    fileOf({ type, id, said }) {
      if (said !== undefined && isAbsolute(said) && isNamedSo(type, id, said) && isFile(said)) return said;
      const name = said?.split(/[\\/]/).at(-1)?.toLowerCase();
      const found = type === 'image' ? images.get(String(id)) : models.get(name ?? '');
      return nearest([...(found ?? [])], said);
    },
  };
}

async function gather(
  folder: string,
  depth: number,
  add: (path: string) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (depth > DEEPEST) return;
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await gather(path, depth + 1, add, signal);
    else if (entry.isFile()) add(path);
  }
}

/** A list may name anything: only what is called as it would be is looked at. */
function isNamedSo(type: ListedDownload['type'], id: number, path: string): boolean {
  return type === 'lora' ? MODEL.test(path) : MEDIA.test(path) && basename(path).startsWith(`${id}.`);
}

function isFile(path: string): boolean {
  return standingAt(path)?.kind === 'file';
}

/** Of several the one whose folders agree most with what was said, from the end; of equals the first by name. */
function nearest(paths: readonly string[], said: string | undefined): string | undefined {
  const folders = said?.split(/[\\/]/).slice(0, -1).toReversed() ?? [];
  const agreeing = (path: string): number => {
    const own = path.split(sep).slice(0, -1).toReversed();
    const differ = folders.findIndex((folder, index) => folder !== own[index]);
    return differ === -1 ? folders.length : differ;
  };
  return paths.toSorted((a, b) => agreeing(b) - agreeing(a) || (a < b ? -1 : 1))[0];
}
