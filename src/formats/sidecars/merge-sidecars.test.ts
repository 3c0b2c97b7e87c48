import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { sidecarFacts } from './facts.ts';
import type { SidecarFacts } from './facts.ts';
import { mergeSidecars } from './merge-sidecars.ts';

const SHA = 'ab'.repeat(32);
const site = sidecarFacts({
  format: 'civitai-info',
  modelName: 'Ink',
  trainedWords: ['ink wash', 'brush'],
  description: '<p>site</p>',
  baseModel: 'SDXL 1.0',
  modelId: 1,
  hashes: { SHA256: SHA },
});
const a1111 = sidecarFacts({
  format: 'a1111',
  trainedWords: ['my ink, my brush'],
  notes: 'mine',
  description: 'my words',
  preferredWeight: 0.7,
  baseModel: 'SDXL',
});
const manager = sidecarFacts({
  format: 'lora-manager',
  modelName: 'Ink (LM)',
  trainedWords: ['ink'],
  notes: 'other notes',
  preferredWeight: 0.5,
  tags: ['style'],
});

describe('mergeSidecars', () => {
  it("lets the user's own words win, each with whose note says it, in whatever order the notes come", () => {
    for (const facts of [
      [site, a1111, manager],
      [manager, a1111, site],
    ]) {
      expect(mergeSidecars(facts)).toEqual({
        own: {
          notes: { value: 'mine', origin: 'a1111' },
          activationText: { value: 'my ink, my brush', origin: 'a1111' },
          preferredWeight: { value: 0.7, origin: 'a1111' },
          description: { value: 'my words', origin: 'a1111' },
        },
        kept: {
          modelName: { value: 'Ink', origin: 'civitai-info' },
          baseModel: { value: 'SDXL 1.0', origin: 'civitai-info' },
          trainedWords: { value: ['ink wash', 'brush'], origin: 'civitai-info' },
          tags: { value: ['style'], origin: 'lora-manager' },
          description: { value: '<p>site</p>', origin: 'civitai-info' },
          modelId: { value: 1, origin: 'civitai-info' },
        },
      });
    }
  });

  it('takes the next note where the first is silent', () => {
    expect(mergeSidecars([manager]).own).toEqual({
      notes: { value: 'other notes', origin: 'lora-manager' },
      preferredWeight: { value: 0.5, origin: 'lora-manager' },
    });
    expect(
      mergeSidecars([sidecarFacts({ format: 'stability-matrix', ownTitle: 'My ink', modelName: 'My ink' })])
        .own.title?.value,
    ).toBe('My ink');
  });

  it("believes a note about other bytes in nothing but the user's words", () => {
    const other = { ...manager, hashes: { SHA256: 'cd'.repeat(32) } };
    const merged = mergeSidecars([other], SHA);

    expect(merged.own.notes?.value).toBe('other notes');
    expect(merged.kept).toEqual({});
  });

  it('says nothing where no note says anything, and invents nothing', () => {
    expect(mergeSidecars([])).toEqual({ own: {}, kept: {} });
    expect(mergeSidecars([sidecarFacts({ format: 'civitai-info', unknownToSite: true })])).toEqual({
      own: {},
      kept: {},
    });
    const formats = fc.constantFrom<SidecarFacts['format']>(
      'a1111',
      'swarmui',
      'lora-manager',
      'civitai-info',
      'stability-matrix',
    );
    const facts = fc
      .record({ format: formats, notes: fc.option(fc.string({ minLength: 1 }), { nil: undefined }) })
      .map((one) => sidecarFacts({ ...one }));
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 6 }), (some) => {
        const said = mergeSidecars(some).own.notes;
        expect(said !== undefined).toBe(some.some((one) => one.notes !== undefined));
        if (said !== undefined)
          expect(some.some((one) => one.notes === said.value && one.format === said.origin)).toBe(true);
      }),
    );
  });
});
