import { describe, expect, it } from 'vitest';
import { sampleCards, sampleView } from '../../test/sample-gallery.ts';
import type { ModelFileView, NoteView } from '../catalog/views.ts';
import { notesParts } from './model-notes.ts';

const cards = sampleCards(60, '/models');

function page(isKnown: boolean, notes: readonly NoteView[]): string {
  const card = cards.find(({ modelId }) => (modelId !== undefined) === isKnown);
  if (card === undefined) throw new Error('no such sample');
  const view: ModelFileView = { ...sampleView(card, []), notes };
  return String(notesParts(view));
}

describe('notes on a page', () => {
  it("show the user's own words as they were typed, with whose note has them, and offer them for prompts", () => {
    const shown = page(true, [
      { field: 'notes', value: 'line one\nline two <b', origin: 'a1111' },
      { field: 'activation_text', value: 'my "ink"', origin: 'a1111' },
    ]);

    expect(shown).toContain('Your notes');
    expect(shown).toContain('line one\nline two &lt;b');
    expect(shown).toContain('data-copy="my &quot;ink&quot;"');
    expect(shown).toContain('A1111');
  });

  it('clean what is HTML', () => {
    const shown = page(true, [
      { field: 'description', value: '<p onclick="x()">kept</p><script>bad()</script>', origin: 'a1111' },
    ]);

    expect(shown).toContain('<p>kept</p>');
    expect(shown).not.toContain('bad()');
    expect(shown).not.toContain('onclick');
  });

  it("show what other programs kept only where the site's own answer is not known", () => {
    const kept: NoteView = { field: 'trained_words', value: '["ink","wash"]', origin: 'lora-manager' };

    expect(page(false, [kept])).toMatch(/What other programs noted[\s\S]*ink, wash[\s\S]*LoRA Manager/);
    expect(page(true, [kept])).not.toContain('ink, wash');
    expect(page(true, []).trim()).toBe('');
  });
});
