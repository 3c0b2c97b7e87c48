import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, foldName } from '../../profiles/file-name.ts';
import { fileNameFor, freeName, withWord } from './name-files.ts';

describe('a name from the site', () => {
  it.each([
    ['ink_v1.safetensors', 'ink_v1.safetensors'],
    ['../../.bashrc', 'bashrc.download'],
    ['/etc/cron.d/evil.pt', 'evil.pt'],
    [String.raw`..\..\Windows\System32\evil.dll`, 'evil.dll.download'],
    ['setup.exe', 'setup.exe.download'],
    ['page.html', 'page.html.download'],
    ['model.safetensors.lnk', 'model.safetensors.lnk.download'],
    ['CON.safetensors', '_CON.safetensors'],
    ['ink\u202Esrotensefas.exe', 'inksrotensefas.exe.download'],
    ['ink\n\u0000.pt', 'ink .pt'],
    ['', 'civitai-7.download'],
    ['..', 'civitai-7.download'],
    ['noending', 'noending.download'],
  ])('%j becomes %j', (said, name) => {
    expect(fileNameFor(said, 'civitai-7')).toBe(name);
  });

  it('is one that any file system takes, with room for what is written beside it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 150 }), fc.string(), (said, word) => {
        for (const name of [
          fileNameFor(said, 'f'),
          withWord(fileNameFor(said, 'f'), word.replace(/\W/g, 'x').slice(0, 20) || 'v1'),
        ]) {
          expect(name).not.toMatch(/[/\\\p{Cc}]|^\.|[. ]$/u);
          expect(byteLength(name)).toBeLessThanOrEqual(220);
          expect(name).toMatch(/\.\w+$/);
        }
      }),
    );
  });
});

describe('names in one folder', () => {
  it('are made different as the strictest file system compares them, the same in every run', () => {
    const names = (): string[] => {
      const taken = new Set(['gallery.html'].map(foldName));
      return ['ink.pt', 'INK.pt', 'ink.pt', 'ink.pt', 'a.pt'].map((name, nth) =>
        freeName(name, [`v${nth}`], taken),
      );
    };

    expect(names()).toEqual(['ink.pt', 'INK-v1.pt', 'ink-v2.pt', 'ink-v3.pt', 'a.pt']);
    expect(names()).toEqual(names());
  });

  it('stay different however long they are and however often they come', () => {
    const taken = new Set<string>();
    const long = fileNameFor(`${'長い'.repeat(100)}.safetensors`, 'f');
    const names = Array.from({ length: 20 }, () => freeName(long, ['v1', 'f2'], taken));

    expect(new Set(names.map(foldName)).size).toBe(20);
    expect(names.every((name) => byteLength(name) <= 220 && name.endsWith('.safetensors'))).toBe(true);
  });
});
