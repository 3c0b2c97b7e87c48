import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAboutName } from '../formats/sidecars/about-name.ts';
import { readAbout } from '../formats/sidecars/about.ts';
import type { AboutNote, AboutProblem } from '../formats/sidecars/about.ts';
import type { SidecarFacts } from '../formats/sidecars/facts.ts';
import { readSidecar, sidecarNames } from '../formats/sidecars/read-sidecar.ts';

/** A file whose name makes it a note beside a model file. */
export interface Note {
  /** Without folder. */
  readonly name: string;
  /** `undefined` when it is damaged, or of no format we know. */
  readonly facts: SidecarFacts | undefined;
  /** What of a description by hand could not be taken. */
  readonly problems: readonly AboutProblem[];
  readonly size: number;
  readonly mtimeNs: string;
  /** Of its bytes, lower-case hex. */
  readonly sha256: string;
}

/** The largest note seen has 700 kB. */
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * Reads the notes beside a model file, in the order of `sidecarNames`. `names`: the names that its folder holds, when
 * they are known. What can't be read is left out.
 */
export async function readNotes(folder: string, stem: string, names?: ReadonlySet<string>): Promise<Note[]> {
  const notes: Note[] = [];
  for (const name of sidecarNames(stem)) {
    if (names !== undefined && !names.has(name)) continue;
    const note = await readNote(folder, name);
    if (note !== undefined) notes.push(note);
  }
  return notes;
}

async function readNote(folder: string, name: string): Promise<Note | undefined> {
  try {
    const path = join(folder, name);
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) return undefined;
    const stamp = { name, size: Number(stats.size), mtimeNs: stats.mtimeNs.toString() };
    if (stats.size > MOST_BYTES)
      return isAboutName(name) ? { ...stamp, ...readAbout(undefined), sha256: '' } : undefined;
    const bytes = await readFile(path);
    return {
      ...stamp,
      ...read(name, bytes.toString('utf8')),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  } catch {
    // A note that is not there or can't be read says nothing.
    return undefined;
  }
}

function read(name: string, text: string): AboutNote {
  return isAboutName(name) ? readAbout(text) : { facts: readSidecar(name, text), problems: [] };
}
