import { describe, expect, it } from 'vitest';
import { byteLength } from './file-name.ts';
import { creatorFolder, downloadLogNames, modelFolder, postFolder, toldApart } from './users.ts';

describe('folders of the profile users', () => {
  it.each([
    ['Ink', 'Ink'],
    ['a/b: "c"?', 'a_b_ _c__'],
    ['', 'Model_7'],
    [' .. ', 'Model_7'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['a \t\n  b', 'a b'],
    ['model_meta_v1.json', '_model_meta_v1.json'],
    ['../../etc', '_.._etc'],
  ])('make of a model %j the folder %j', (name, folder) => {
    expect(modelFolder(name, 7)).toBe(folder);
  });

  it('are short enough for what lies in them, however long a name is', () => {
    const folder = modelFolder('夜の街'.repeat(500), 7);
    expect(byteLength(folder)).toBeLessThanOrEqual(100);
    expect(byteLength(toldApart(folder, '2147483647', 12))).toBeLessThan(140);
  });

  it('are called after the title of a post, else after its number', () => {
    expect(postFolder('Morning light', 5)).toBe('Morning light');
    expect(postFolder(undefined, 5)).toBe('Post_5');
    expect(postFolder('...', 5)).toBe('Post_5');
  });

  it('have a name also for somebody without one', () => {
    expect(creatorFolder(undefined)).toBe('nobody');
    expect(downloadLogNames(creatorFolder('a/../b')).json).toBe(
      'download_logs/a_.._b/a_.._b_download_log.json',
    );
  });
});
