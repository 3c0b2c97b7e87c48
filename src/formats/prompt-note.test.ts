import { describe, expect, it } from 'vitest';
import { variantsIn } from './prompt-note.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('the variants of a note', () => {
  it('are the fields of which it says what was taken out, and no others', () => {
    const note = {
      prompt: 'tree',
      calm: '',
      gone: 7,
      lora: '<lora:a:1>',
      raw_prompt: 'tree, smile',
      removed_terms: { prompt: [], calm: [], gone: [], never: [] },
    };

    expect(variantsIn(bytes(`\uFEFF${JSON.stringify(note)}`))).toEqual([
      ['prompt', 'tree'],
      ['calm', ''],
    ]);
  });

  it.each([
    'a caption',
    '{"raw_prompt": "cut',
    '["removed_terms"]',
    '{"prompt": "tree", "removed_terms": {"prompt": []}}',
    '{"prompt": "tree", "raw_prompt": "tree", "removed_terms": ["prompt"]}',
    '{"prompt": "tree", "raw_prompt": "tree"}',
  ])('are none in %j', (text) => {
    expect(variantsIn(bytes(text))).toBeUndefined();
  });

  it('are none in what is no UTF-8', () => {
    expect(
      variantsIn(Buffer.from('{"raw_prompt": "caf\xe9", "removed_terms": {}}', 'latin1')),
    ).toBeUndefined();
  });
});
