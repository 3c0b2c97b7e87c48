import { describe, expect, it } from 'vitest';
import { fieldsFrom, ownFrom } from './sidecar-fields.ts';
import type { MergedSidecar } from '../formats/sidecars/merge-sidecars.ts';

const merged: MergedSidecar = {
  own: {
    notes: { value: 'mine', origin: 'a1111' },
    activationText: { value: 'ink wash,  brush', origin: 'a1111' },
    preferredWeight: { value: 0.7, origin: 'a1111' },
    description: { value: 'About\n ink', origin: 'a1111' },
  },
  kept: {
    modelName: { value: 'Ink', origin: 'lora-manager' },
    trainedWords: { value: ['a', 'b'], origin: 'lora-manager' },
    modelId: { value: 7, origin: 'lora-manager' },
  },
};

describe('fieldsFrom', () => {
  it("keeps the user's own words of a file that the site knows, without what only repeats the site", () => {
    const fields = (trainedWords: string[], about: string): string[] =>
      fieldsFrom(merged, { trainedWords, about }).map((one) => one.field);

    expect(fields(['other'], '')).toEqual(['notes', 'activation_text', 'preferred_weight', 'description']);
    expect(fields(['ink wash,', ' brush '], 'About ink')).toEqual(['notes', 'preferred_weight']);
  });

  it('keeps everything of a file that the site does not know, lists as JSON', () => {
    expect(fieldsFrom(merged, undefined)).toContainEqual({
      field: 'trained_words',
      value: '["a","b"]',
      origin: 'lora-manager',
    });
    expect(fieldsFrom(merged, undefined)).toContainEqual({
      field: 'model_id',
      value: '7',
      origin: 'lora-manager',
    });
    expect(fieldsFrom({ own: {}, kept: {} }, undefined)).toEqual([]);
  });

  it('comes back as the words it was made of', () => {
    const rows = fieldsFrom(merged, undefined).map((one) => ({ ...one, file_id: 1, at: 1 }));

    expect(ownFrom(rows)).toEqual(merged.own);
  });
});
