import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { mergeSidecars } from './merge-sidecars.ts';
import { readSidecar } from './read-sidecar.ts';
import type { SidecarContent } from './write-content.ts';
import { mergeSidecar, sidecarName, sidecarText } from './write-sidecar.ts';
import { WRITTEN_SIDECARS } from './written-formats.ts';
import type { WrittenSidecar } from './written-formats.ts';

const SHA = 'ab'.repeat(32);

function contentOf(given: Partial<SidecarContent> = {}): SidecarContent {
  return {
    file: {
      stem: 'ink',
      path: '/m/lora/ink.safetensors',
      size: 1234,
      modifiedNs: '1710000000250000000',
      addedAt: Date.UTC(2026, 0, 2),
      hashes: { SHA256: SHA, CRC32: '0a0b0c0d' },
    },
    model: {
      id: 10,
      name: 'Ink “Wash”',
      type: 'LORA',
      nsfw: false,
      creator: 'bo',
      tags: ['style', 'ink'],
      description: '<p>About</p>',
      isRemoved: false,
    },
    version: {
      id: 20,
      name: 'v2',
      baseModel: 'Illustrious',
      trainedWords: ['ink wash,', ' brush '],
      description: undefined,
      publishedAt: Date.UTC(2025, 5, 1),
    },
    remote: { id: 30, name: 'ink.safetensors', precision: 'fp16', extent: 'pruned', format: 'SafeTensor' },
    about: 'About',
    preview: { path: '/m/lora/ink.preview.png', nsfwLevel: 2 },
    answer:
      '{"id": 20, "modelId": 10, "name": "v2", "seed": 18446744073709551615, "model": {"name": "Ink “Wash”"}, "files": [], "trainedWords": ["ink wash,", " brush "]}',
    own: {},
    ...given,
  };
}

const OWN: SidecarContent['own'] = {
  notes: { value: 'mine', origin: 'a1111' },
  activationText: { value: 'my ink', origin: 'a1111' },
  preferredWeight: { value: 0.7, origin: 'a1111' },
  negativeText: { value: 'photo', origin: 'a1111' },
};

function readBack(format: WrittenSidecar, content: SidecarContent): ReturnType<typeof readSidecar> {
  return readSidecar(sidecarName(format, 'ink'), sidecarText(format, content));
}

describe('sidecarText', () => {
  it('is read back by our own readers with everything the format holds', () => {
    const content = contentOf({ own: OWN });

    expect(readBack('a1111', content)).toMatchObject({
      format: 'a1111',
      trainedWords: ['my ink'],
      preferredWeight: 0.7,
      negativeText: 'photo',
      notes: 'mine',
      baseModel: 'SDXL',
      description: 'About',
    });
    expect(readBack('lora-manager', content)).toMatchObject({
      format: 'lora-manager',
      modelName: 'Ink “Wash”',
      modelId: 10,
      versionId: 20,
      hashes: { SHA256: SHA },
      size: 1234,
      modifiedAt: 1710000000250,
      notes: 'mine',
      preferredWeight: 0.7,
      tags: ['style', 'ink'],
      baseModel: 'Illustrious',
    });
    expect(readBack('stability-matrix', content)).toMatchObject({
      format: 'stability-matrix',
      modelName: 'Ink “Wash”',
      versionName: 'v2',
      modelType: 'LORA',
      creator: 'bo',
      modelId: 10,
      versionId: 20,
      hashes: { SHA256: SHA, CRC32: '0a0b0c0d' },
      trainedWords: ['ink wash,', 'brush'],
    });
    expect(readBack('swarm', content)).toMatchObject({
      format: 'swarmui',
      modelName: 'Ink “Wash” - v2',
      trainedWords: ['my ink'],
      preferredWeight: 0.7,
      notes: 'mine',
      modelId: 10,
      versionId: 20,
      hashes: { SHA256: SHA },
    });
    expect(readBack('civitai-info', content)).toMatchObject({
      format: 'civitai-info',
      modelId: 10,
      versionId: 20,
    });
  });

  it("writes the site's words where the user has none, clean, and leaves unknown families unnamed", () => {
    const content = contentOf({ version: { ...contentOf().version, baseModel: 'Flux.1 D' } });

    expect(JSON.parse(sidecarText('a1111', content))).toEqual({
      description: 'About',
      'sd version': 'Unknown',
      'activation text': 'ink wash, brush',
      'preferred weight': 0,
      'negative text': '',
      notes: '',
    });
    expect(Object.keys(JSON.parse(sidecarText('swarm', content)) as object)).not.toContain(
      'modelspec.usage_hint',
    );
  });

  it('keeps every digit of the answer', () => {
    expect(sidecarText('lora-manager', contentOf())).toContain('"seed": 18446744073709551615');
  });

  it('merges to the same view from any one of the notes that hold it', () => {
    const content = contentOf({ own: { notes: { value: 'mine', origin: 'a1111' } } });
    for (const format of ['a1111', 'lora-manager', 'swarm'] as const) {
      const facts = readBack(format, content);
      expect(mergeSidecars(facts === undefined ? [] : [facts], SHA).own.notes?.value).toBe('mine');
    }
  });
});

describe('mergeSidecar', () => {
  const merge = (
    format: WrittenSidecar,
    existing: string,
    content = contentOf(),
  ): ReturnType<typeof mergeSidecar> => mergeSidecar(format, sidecarName(format, 'ink'), existing, content);

  it('fills what is empty, and keeps values, unknown keys, their order and the form of the file', () => {
    const existing =
      '\uFEFF{\r\n\t"notes": "mine",\r\n\t"9": 1.0,\r\n\t"activation text": "",\r\n\t"sd version": "Unknown",\r\n\t"preferred weight": 0,\r\n\t"x": {"deep": [18446744073709551615]}\r\n}\r\n';

    const merged = merge('a1111', existing, contentOf({ own: OWN }));

    expect(merged).toEqual({
      kind: 'filled',
      text: '\uFEFF{\r\n\t"notes": "mine",\r\n\t"9": 1.0,\r\n\t"activation text": "my ink",\r\n\t"sd version": "SDXL",\r\n\t"preferred weight": 0.7,\r\n\t"x": {\r\n\t\t"deep": [\r\n\t\t\t18446744073709551615\r\n\t\t]\r\n\t},\r\n\t"description": "About",\r\n\t"negative text": "photo"\r\n}\r\n',
    });
  });

  it('writes one line and escapes where the file has them', () => {
    expect(
      merge('stability-matrix', '{"ModelName":"T\\u00efsch","VersionName":"","Hashes":{"SHA256":"X"}}'),
    ).toMatchObject({
      kind: 'filled',
      text: expect.stringMatching(
        /^\{"ModelName":"T\\u00efsch","VersionName":"v2","Hashes":\{"SHA256":"X"\},[^\n]*\}$/,
      ) as string,
    });
  });

  it('has nothing to do when nothing is empty, and does it twice with one result', () => {
    for (const format of WRITTEN_SIDECARS) {
      expect(merge(format, sidecarText(format, contentOf()))).toEqual({ kind: 'complete' });
      const filled = merge(format, '{}');
      expect(filled.kind).toBe('filled');
      if (filled.kind === 'filled') expect(merge(format, filled.text)).toEqual({ kind: 'complete' });
    }
  });

  it.each([
    ['a1111', '{"version":"1.0","model":{"type":"BPE"}}', 'format'],
    ['a1111', '{"id":1,"modelId":2,"files":[]}', 'format'],
    ['a1111', '[1]', 'object'],
    ['lora-manager', '{"some":"thing"}', 'format'],
    ['civitai-info', '{"id":21,"modelId":10}', 'another'],
    ['lora-manager', `{"file_name":"ink","sha256":"${'cd'.repeat(32)}"}`, 'another'],
    ['a1111', '{"notes":"a","notes":"b"}', 'twice'],
    ['a1111', '{"notes":', ''],
  ] as const)('leaves alone what is something else: %s %s', (format, existing, why) => {
    const outcome = merge(format, existing);

    expect(outcome.kind).toBe('foreign');
    expect(outcome.kind === 'foreign' ? outcome.why : '').toContain(why);
  });

  it('never changes a value that is there, whatever the note holds', () => {
    const key = fc.constantFrom(
      'notes',
      'activation text',
      'preferred weight',
      'sd version',
      'description',
      'mine',
      '7',
    );
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
      fc.array(fc.integer(), { maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.dictionary(key, value), (note) => {
        const text = JSON.stringify({ ...note, 'negative text': 'x' });
        const merged = merge('a1111', text, contentOf({ own: OWN }));
        if (merged.kind !== 'filled') return;
        const after = JSON.parse(merged.text) as Record<string, unknown>;
        for (const [name, before] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
          const isEmpty =
            before === null ||
            (typeof before === 'string' && ['', 'Unknown'].includes(before.trim())) ||
            before === 0 ||
            (Array.isArray(before) && before.length === 0);
          if (!isEmpty) expect(after[name]).toEqual(before);
        }
      }),
    );
  });
});
