import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { companionsIn, renamed, stemsOf } from './companions.ts';
import { isModelName } from './plan-disk.ts';

const none: ReadonlySet<string> = new Set();

describe('what travels with a model file', () => {
  it.each([
    ['x.json', 'x'],
    ['x.civitai.info', 'x'],
    ['x.metadata.json', 'x'],
    ['x.preview.png', 'x'],
    ['x.preview.2.png', 'x'],
    ['x.preview2.mp4', 'x'],
    ['x_preview_0.jpeg', 'x'],
    ['x_1.jpg', 'x'],
    ['x.thumb.jpg', 'x'],
    ['x.PNG', 'x'],
    ['x.safetensors.sha256', 'x.safetensors'],
  ])('%s belongs to %s', (name, stem) => {
    expect(stemsOf(name)[0] === stem || stemsOf(name).includes(stem)).toBe(true);
  });

  it.each(['x', '.png', '.json', 'x.preview.mine.docx', 'x-other.bak', 'preview.exe'])(
    '%s belongs to nobody',
    (name) => {
      expect(companionsIn([name], new Map([['x', 'x.pt']]), none, isModelName).size).toBe(0);
    },
  );

  it('goes with the longest stem that it fits', () => {
    const stems = new Map([
      ['a', 'a.pt'],
      ['a.preview', 'a.preview.pt'],
      ['a_1', 'a_1.pt'],
    ]);
    const found = companionsIn(['a.preview.png', 'a_1.png', 'a.png', 'a_2.png'], stems, none, isModelName);
    const names = (owner: string): string[] => (found.get(owner) ?? []).map(({ name }) => name).sort();

    expect(names('a.preview.pt')).toEqual(['a.preview.png']);
    expect(names('a_1.pt')).toEqual(['a_1.png']);
    expect(names('a.pt')).toEqual(['a.png', 'a_2.png']);
  });

  it('is no model file, and nothing of ours that is told elsewhere', () => {
    const stems = new Map([['a', 'a.pt']]);

    expect(companionsIn(['a.pt', 'a.safetensors', 'a.html'], stems, new Set(['a.html']), isModelName).size).toBe(0); // prettier-ignore
  });

  it('has one owner, keeps all after its stem, and gets another name for another base', () => {
    const stem = fc.stringMatching(/^[a-c_.1]{1,5}[a-c]$/);
    const ending = fc.constantFrom('.json', '.civitai.info', '.preview.png', '_1.jpg', '.png', '.txt', '.html', '.bak', ''); // prettier-ignore
    fc.assert(
      fc.property(
        fc.uniqueArray(stem, { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(stem, ending), { maxLength: 12 }),
        (bases, others) => {
          const stems = new Map(bases.flatMap((base) => [[base, `${base}.pt`], [`${base}.pt`, `${base}.pt`]] as const)); // prettier-ignore
          const names = new Set(others.map(([base, end]) => base + end));
          const found = companionsIn(names, stems, none, isModelName);
          const all = [...found.values()].flat();

          expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
          for (const [owner, list] of found)
            for (const one of list) {
              expect(stems.get(one.prefix)).toBe(owner);
              expect(names.has(one.name)).toBe(true);
              expect(renamed(one, one.prefix)).toBe(one.name);
              expect(renamed(one, 'z')).toBe(`z${one.name.slice(one.prefix.length)}`);
            }
        },
      ),
    );
  });
});
