import { describe, expect, it } from 'vitest';
import { idm, idmArguments } from './idm.ts';

describe('the command line for IDM', () => {
  it.each([
    [String.raw`D:\My models\ink "v2".safetensors`, String.raw`D:\My models`, 'ink "v2".safetensors'],
    [String.raw`\\nas\share\models\ink.safetensors`, String.raw`\\nas\share\models`, 'ink.safetensors'],
    [String.raw`C:\ink.safetensors`, 'C:\\', 'ink.safetensors'],
  ])('keeps %s as it is, one argument each', (path, folder, name) => {
    const address = 'https://storage.example/f?a=1&b="2"';

    expect(idmArguments(address, path)).toEqual(['/d', address, '/p', folder, '/f', name, '/n', '/q']);
  });

  it('is for Windows', () => {
    expect(() => idm('IDMan.exe', 'linux')).toThrowError(/Windows/);
    expect(() => idm('IDMan.exe', 'win32')).not.toThrow();
  });
});
