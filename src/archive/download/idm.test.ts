import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
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

  it('waits for a transfer that ends late, as long as bytes come', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'civitarium-idm-'));
    const program = join(folder, 'late.sh');
    const lines = ['sleep 1', 'head -c 40 /dev/zero > "$4/$6"', 'sleep 2', 'head -c 60 /dev/zero >> "$4/$6"'];
    writeFileSync(program, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
    const path = join(folder, 'ink.part');
    let bytes = 0;

    await idm(program, 'win32').bring({
      path,
      size: 100,
      signal: new AbortController().signal,
      clock: systemClock,
      signedAddress: () => Promise.resolve('https://storage.example/f'),
      onBytes: (more) => (bytes += more),
    });

    expect(statSync(path).size).toBe(100);
    expect(bytes).toBe(100);
    rmSync(folder, { recursive: true });
  });

  it('is for Windows', () => {
    expect(() => idm('IDMan.exe', 'linux')).toThrowError(/Windows/);
    expect(() => idm('IDMan.exe', 'win32')).not.toThrow();
  });
});
