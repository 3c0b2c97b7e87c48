import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from '../base/errors.ts';
import { readModelHeader } from '../formats/model-file.ts';

/** The name of the LoRA that lies beside notes, asked once a folder. */
export class LoraNames {
  readonly #given: string | undefined;
  readonly #byFolder = new Map<string, string | undefined>();

  /** `given`: a name for all of them. */
  constructor(given: string | undefined) {
    this.#given = given;
  }

  /** The name for a note; `undefined` when no model file lies beside it. */
  async nameFor(path: string): Promise<string | undefined> {
    if (this.#given !== undefined) return this.#given;
    const folder = dirname(path);
    if (!this.#byFolder.has(folder)) this.#byFolder.set(folder, await nameIn(folder));
    return this.#byFolder.get(folder);
  }
}

/** Of the first model file by name: what its trainer called it, else its own name. */
async function nameIn(folder: string): Promise<string | undefined> {
  try {
    const [first] = readdirSync(folder)
      .filter((name) => name.toLowerCase().endsWith('.safetensors') && !name.startsWith('.'))
      .sort();
    if (first === undefined) return undefined;
    const path = join(folder, first);
    const header = await readModelHeader(path, statSync(path).size);
    const told = header.metadata?.['ss_output_name'];
    const name = typeof told === 'string' && told.trim() !== '' ? told.trim() : basename(first).slice(0, -12);
    // What would end a tag early can not be its name.
    return name.replaceAll('__', '_').replace(/[<>:,\n\r]/g, '_');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}
