import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRecord } from '../src/base/json.ts';
import { parseLooseJson } from '../src/formats/generation-json.ts';
import { parseTree, renderTree } from '../src/formats/json-tree.ts';
import { mergeSidecars } from '../src/formats/sidecars/merge-sidecars.ts';
import { readSidecar } from '../src/formats/sidecars/read-sidecar.ts';
import type { SidecarContent } from '../src/formats/sidecars/write-content.ts';
import { mergeSidecar, sidecarName, sidecarText } from '../src/formats/sidecars/write-sidecar.ts';
import { WRITTEN_SIDECARS } from '../src/formats/sidecars/written-formats.ts';
import type { WrittenSidecar } from '../src/formats/sidecars/written-formats.ts';

/** Recordings of real files, kept outside the project; without them this suite has nothing to read. */
const FOLDER = resolve(import.meta.dirname, '../../shared/realdata');
const present = existsSync(FOLDER);
if (!present) console.log(`Recorded sidecars not read: there is no folder ${FOLDER}.`);
const names = present ? readdirSync(FOLDER).sort() : [];

type Fields = Readonly<Record<string, unknown>>;

function text(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

/** What is known of a file whose answer is the recorded one. */
function contentOf(answer: string): SidecarContent {
  const raw = fields(parseLooseJson(answer));
  const model = fields(raw['model']);
  const words = Array.isArray(raw['trainedWords']) ? raw['trainedWords'].map(String) : [];
  return {
    file: {
      stem: 'x',
      path: '/m/x.safetensors',
      size: 1,
      modifiedNs: '1700000000000000000',
      addedAt: 0,
      hashes: {},
    },
    model: {
      id: Number(raw['modelId']),
      name: String(model['name']),
      type: String(model['type'] ?? 'LORA'),
      nsfw: false,
      creator: undefined,
      tags: [],
      description: undefined,
      isRemoved: false,
    },
    version: {
      id: Number(raw['id']),
      name: String(raw['name']),
      baseModel: String(raw['baseModel']),
      trainedWords: words,
      description: undefined,
      publishedAt: undefined,
    },
    remote: undefined,
    about: 'about',
    preview: undefined,
    answer,
    own: {},
  };
}

/** Every value of a note that says something, by its key. */
function filledIn(note: Fields): [string, unknown][] {
  return Object.entries(note).filter(
    ([, value]) =>
      value !== null &&
      value !== '' &&
      value !== 0 &&
      value !== 'Unknown' &&
      value !== false &&
      JSON.stringify(value) !== '[]',
  );
}

const infos = names.filter((name) => name.endsWith('.civitai.info'));
const recorded: readonly (readonly [string, WrittenSidecar])[] = names.flatMap(
  (name): (readonly [string, WrittenSidecar])[] => {
    if (name.startsWith('a1111-user-')) return [[name, 'a1111']];
    if (name.endsWith('.metadata.json')) return [[name, 'lora-manager']];
    return name.endsWith('.civitai.info') ? [[name, 'civitai-info']] : [];
  },
);

describe.skipIf(!present)('recorded sidecars', () => {
  it.each(infos)('%s: the answer is found again in every format made of it', (name) => {
    const content = contentOf(text(name));
    for (const format of WRITTEN_SIDECARS) {
      const facts = readSidecar(sidecarName(format, 'x'), sidecarText(format, content));

      expect(facts, format).toBeDefined();
      if (format !== 'a1111')
        expect(facts).toMatchObject({ versionId: content.version.id, modelId: content.model.id });
      for (const word of content.version.trainedWords)
        expect(facts?.trainedWords.join(',')).toContain(word.trim().replace(/[,\s]+$/, ''));
    }
  });

  it.each(recorded)(
    '%s: filling it as %s changes no value that is there, and has nothing more to do after',
    (name, format) => {
      const before = fields(JSON.parse(text(name)));
      const version = format === 'civitai-info' ? before : fields(before['civitai']);
      const content = contentOf(
        JSON.stringify({
          id: 1,
          modelId: 2,
          name: 'v',
          baseModel: 'SDXL 1.0',
          trainedWords: ['w'],
          model: { name: 'm', type: 'LORA' },
          ...version,
        }),
      );

      const merged = mergeSidecar(format, sidecarName(format, 'x'), text(name), content);

      expect(merged.kind).not.toBe('foreign');
      if (merged.kind !== 'filled') return;
      const after = fields(JSON.parse(merged.text));
      for (const [key, value] of filledIn(before)) expect(after[key]).toEqual(value);
      expect(Object.keys(after).slice(0, Object.keys(before).length)).toEqual(Object.keys(before));
      expect(mergeSidecar(format, sidecarName(format, 'x'), merged.text, content)).toEqual({
        kind: 'complete',
      });
    },
  );

  it.each(recorded)('%s: what the user wrote wins in the merged view', (name) => {
    const facts = readSidecar(name, text(name));
    const merged = mergeSidecars(
      facts === undefined
        ? []
        : [facts, { ...facts, format: 'civitai-info', notes: 'of the site', preferredWeight: 9 }],
    );

    expect(merged.own.notes?.value).toBe(facts?.notes ?? 'of the site');
    expect(merged.own.preferredWeight?.value).toBe(
      facts?.format === 'civitai-info' ? undefined : facts?.preferredWeight,
    );
  });

  it('keeps every recording of JSON as it is, down to the last digit', () => {
    const json = names.filter((name) => /\.(?:json|info)$/.test(name));
    for (const name of json) {
      const raw = text(name).replace(/^\uFEFF/, '');
      const tree = renderTree(parseTree(raw), { indent: '' });
      // Blanks apart, which stand outside of strings only.
      const squeezed = raw.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (part) =>
        part.startsWith('"') ? JSON.stringify(JSON.parse(part)) : '',
      );
      expect(tree === squeezed, name).toBe(true);
    }
  });
});
