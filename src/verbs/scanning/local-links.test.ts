import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hrefFrom } from './local-links.ts';

describe('hrefFrom', () => {
  it.each([
    ['/m', '/m/lora/ink.html', 'lora/ink.html'],
    ['/m/lora', '/m/gallery.html', '../gallery.html'],
    ['/m', '/m/a #1 50%?.html', 'a%20%231%2050%25%3F.html'],
    ['/m', '/m/javascript:alert(1).html', 'javascript%3Aalert(1).html'],
    ['/m', '/m/水墨.html', '%E6%B0%B4%E5%A2%A8.html'],
    ['/m', '/m/half\uD800.html', 'half%EF%BF%BD.html'],
  ])('leads from %s to %s', (folder, path, href) => {
    expect(hrefFrom(folder, path)).toBe(href);
  });

  it('leads a browser to the very file, whatever its name, and never out of the disk', () => {
    const name = fc
      .string({ unit: 'binary' })
      .filter(
        (text) => text !== '' && text !== '.' && text !== '..' && !/[/\0]/.test(text) && text.isWellFormed(),
      );
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => join('/m', ...names));
    fc.assert(
      fc.property(path, path, (folder, file) => {
        fc.pre(folder !== file);
        const page = pathToFileURL(join(folder, 'page.html'));
        const reached = new URL(hrefFrom(folder, file), page);
        expect(reached.protocol).toBe('file:');
        expect(resolve(fileURLToPath(reached))).toBe(resolve(file));
      }),
    );
  });
});
