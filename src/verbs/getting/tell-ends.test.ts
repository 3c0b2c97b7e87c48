import { describe, expect, it } from 'vitest';
import type { Transfer, TransferEnd } from '../../catalog/transfer.ts';
import { tellEnds } from './tell-ends.ts';

const row = { path: '/out/ink.safetensors', kind: 'file' } as Transfer;
const came: TransferEnd = {
  state: 'done',
  how: 'fetched',
  path: row.path,
  sha256: '0',
  size: 10,
  mtimeNs: '0',
  verified: true,
};
const failed: TransferEnd = {
  state: 'failed',
  reason: 'x',
  why: 'It was cut.',
  next: undefined,
  retryAt: undefined,
};

/** The lines of a run over so many files, of which so many fail. */
function linesOf(files: number, failures: number): string[] {
  const lines: string[] = [];
  const teller = tellEnds(files, (line) => lines.push(line));
  for (let at = 0; at < files; at += 1) teller.ended(row, at < failures ? failed : came, 5);
  teller.close();
  return lines;
}

describe('a run that fetches', () => {
  it('few files tells of each', () => {
    expect(linesOf(40, 20)).toHaveLength(40);
    expect(linesOf(1, 0)[0]).toContain('fetched  ink.safetensors');
  });

  it('many files tells of the first ten that did not come, and how many more', () => {
    const lines = linesOf(5000, 12);

    expect(lines).toHaveLength(11);
    expect(lines[0]).toContain('It was cut.');
    expect(lines.at(-1)).toBe('  and 2 more that did not come');
    expect(linesOf(5000, 0)).toEqual([]);
    expect(linesOf(41, 10)).toHaveLength(10);
  });
});
