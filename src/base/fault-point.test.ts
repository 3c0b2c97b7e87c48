import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Faults are read when the program starts: each case is a process of its own. */
function passes(fault: string, code: string): { signal: NodeJS.Signals | null; stdout: string } {
  const source = `import { faultPoint } from ${JSON.stringify(new URL('fault-point.ts', import.meta.url).href)};\n${code}`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    env: { CIVITARIUM_FAULT: fault },
    encoding: 'utf8',
  });
  return { signal, stdout };
}

const THREE =
  "for (let n = 1; n <= 3; n += 1) { try { faultPoint('place.renamed'); console.log(n); } catch (error) { console.log(error.code); } }";

describe('faultPoint', () => {
  it('does nothing unless asked', () => {
    expect(passes('', THREE)).toEqual({ signal: null, stdout: '1\n2\n3\n' });
    expect(passes('EIO@place.other:1', THREE)).toEqual({ signal: null, stdout: '1\n2\n3\n' });
  });

  it('throws the system error at the passage named, and only there', () => {
    expect(passes('ENOSPC@place.renamed:2', THREE)).toEqual({ signal: null, stdout: '1\nENOSPC\n3\n' });
  });

  it('takes several faults', () => {
    expect(passes('EIO@place.renamed,ENOSPC@place.renamed:3', THREE).stdout).toBe('EIO\n2\nENOSPC\n');
  });

  it('dies as SIGKILL kills, with nothing after it', () => {
    expect(passes('kill@place.renamed:2', THREE)).toEqual({ signal: 'SIGKILL', stdout: '1\n' });
  });
});
