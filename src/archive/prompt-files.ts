import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { isSystemError, messageOf } from '../base/errors.ts';
import { readGeneration } from '../formats/generation.ts';
import { readPromptNote } from '../formats/prompt-note.ts';
import type { PromptNote } from '../formats/prompt-note.ts';
import { checkRoot } from '../library/root.ts';

/** A file in which a prompt may be. */
export type PromptFile =
  | {
      readonly kind: 'note';
      readonly path: string;
      readonly root: string;
      readonly note: PromptNote;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'image'; readonly path: string; readonly prompt: string; readonly negative: string }
  /** Is of another shape, or holds no prompt. */
  | { readonly kind: 'other'; readonly path: string }
  | { readonly kind: 'failed'; readonly path: string; readonly why: string };

const IMAGES: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.webp', '.jfif']);
const MOST_NOTE_BYTES = 64 * 1024 * 1024;
const MOST_IMAGE_BYTES = 256 * 1024 * 1024;

/**
 * Reads the notes and images of folders and single files one by one, in each folder the notes first. An image with a note
 * beside it is told by the note. Links and hidden folders are left out. Throws UserError for a path that can't be looked at.
 */
export function* promptFiles(paths: readonly string[]): Generator<PromptFile> {
  const seen = new Set<string>();
  for (const given of paths) {
    const { kind, path } = checkRoot(resolve(given));
    if (kind === 'file') yield* readAll([path], dirname(path), seen);
    else yield* readTree(path, seen);
  }
}

/** Without recursion: folders may be nested deeply. */
function* readTree(root: string, seen: Set<string>): Generator<PromptFile> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      yield { kind: 'failed', path: folder, why: messageOf(error) };
      continue;
    }
    const inner = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    for (const entry of inner.reverse()) folders.push(join(folder, entry.name));
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(folder, entry.name));
    yield* readAll(files.filter(isNoteName), root, seen);
    yield* readAll(files.filter(isImageName), root, seen);
  }
}

function* readAll(paths: readonly string[], root: string, seen: Set<string>): Generator<PromptFile> {
  for (const path of paths) {
    if (seen.has(path) || (isImageName(path) && seen.has(stemOf(path)))) continue;
    seen.add(path);
    const file = readOne(path, root);
    if (file.kind === 'note') seen.add(stemOf(path));
    yield file;
  }
}

function isNoteName(path: string): boolean {
  return extname(path).toLowerCase() === '.txt';
}

function isImageName(path: string): boolean {
  return IMAGES.has(extname(path).toLowerCase());
}

/** The path without its extension, marked so that it can be no path of a file. */
function stemOf(path: string): string {
  return `${path.slice(0, path.length - extname(path).length)}\0`;
}

function readOne(path: string, root: string): PromptFile {
  try {
    return isImageName(path) ? readImage(path) : readNote(path, root);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { kind: 'failed', path, why: messageOf(error) };
  }
}

function readNote(path: string, root: string): PromptFile {
  if (!lstatSync(path).isFile() || statSync(path).size > MOST_NOTE_BYTES) return { kind: 'other', path };
  const bytes = readFileSync(path);
  const note = readPromptNote(bytes);
  return note === undefined ? { kind: 'other', path } : { kind: 'note', path, root, note, bytes };
}

function readImage(path: string): PromptFile {
  if (statSync(path).size > MOST_IMAGE_BYTES) return { kind: 'other', path };
  const generation = readGeneration(readFileSync(path));
  if (generation?.prompt === undefined) return { kind: 'other', path };
  return { kind: 'image', path, prompt: generation.prompt, negative: generation.negativePrompt ?? '' };
}
