import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
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
 * Reads the notes and images of folders and single files one by one, names in order. An image that has a note beside it is
 * told by the note. Links and hidden folders are left out. Throws UserError for a path that can't be looked at.
 */
export function* promptFiles(paths: readonly string[]): Generator<PromptFile> {
  const seen = new Set<string>();
  for (const given of paths) {
    const { kind, path } = checkRoot(resolve(given));
    const root = kind === 'folder' ? path : dirname(path);
    for (const file of kind === 'folder' ? filesBelow(path) : [{ path, isDoubled: false }]) {
      if ('why' in file) yield { kind: 'failed', path: file.path, why: file.why };
      else if (!file.isDoubled && !seen.has(file.path)) yield readOne(file.path, root);
      seen.add(file.path);
    }
  }
}

type Found =
  { readonly path: string; readonly isDoubled: boolean } | { readonly path: string; readonly why: string };

/** Without recursion: folders may be nested deeply. */
function* filesBelow(root: string): Generator<Found> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
      const inner = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
      for (const entry of inner.reverse()) folders.push(join(folder, entry.name));
      const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
      const notes = new Set(files.filter((name) => extname(name).toLowerCase() === '.txt').map(stemOf));
      for (const name of files) {
        const extension = extname(name).toLowerCase();
        if (extension === '.txt') yield { path: join(folder, name), isDoubled: false };
        else if (IMAGES.has(extension))
          yield { path: join(folder, name), isDoubled: notes.has(stemOf(name)) };
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      yield { path: folder, why: messageOf(error) };
    }
  }
}

function stemOf(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

function readOne(path: string, root: string): PromptFile {
  try {
    return IMAGES.has(extname(path).toLowerCase()) ? readImage(path) : readNote(path, root);
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
