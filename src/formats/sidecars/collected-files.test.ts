import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readDuplicateList, readMissingList, readProcessedFiles } from './collected-files.ts';

describe('readMissingList', () => {
  it('reads times, statuses and names, comments passed over, names with bars kept', () => {
    const text =
      '# Files not found\r\n\r\n2024-11-06 15:53:56 | Status 404 | a.safetensors\r\n2024-11-05 01:00:00 | Status 503 | b | c.safetensors\nrubbish\n';

    expect(readMissingList(text)).toEqual([
      { time: '2024-11-06 15:53:56', status: 404, fileName: 'a.safetensors' },
      { time: '2024-11-05 01:00:00', status: 503, fileName: 'b | c.safetensors' },
    ]);
  });
});

describe('readDuplicateList', () => {
  it('reads blocks of a hash, the kept path and the removed ones', () => {
    const text =
      '# Duplicate models\n\nHash: AB12\nKept: D:\\m\\a.safetensors\nRemoved:\n  - D:\\m\\b.safetensors\n  - c\n\nHash: 00\nKept: x\nRemoved:\n';

    expect(readDuplicateList(text)).toEqual([
      { hash: 'ab12', kept: 'D:\\m\\a.safetensors', removed: ['D:\\m\\b.safetensors', 'c'] },
      { hash: '00', kept: 'x', removed: [] },
    ]);
  });
});

describe('readProcessedFiles', () => {
  it('reads old files and ours, damage left out', () => {
    expect(readProcessedFiles({ files: ['/a', '/a', 3], last_update: '2025-01-31T12:00:00.123456' })).toEqual(
      {
        files: ['/a'],
        lastUpdate: Date.parse('2025-01-31T12:00:00.123Z'),
        processed: new Map(),
      },
    );
    const ours = readProcessedFiles({
      files: ['/a'],
      processed: { '/a': '2025-01-31T12:00:00Z', '/b': 'never' },
    });
    expect(ours.processed).toEqual(new Map([['/a', Date.parse('2025-01-31T12:00:00Z')]]));
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        expect(readProcessedFiles(value).files).toBeInstanceOf(Array);
        expect(readMissingList(text)).toBeInstanceOf(Array);
        expect(readDuplicateList(text)).toBeInstanceOf(Array);
      }),
    );
  });
});
