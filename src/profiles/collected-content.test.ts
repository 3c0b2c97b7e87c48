import { describe, expect, it } from 'vitest';

import {
  readDuplicateList,
  readMissingList,
  readProcessedFiles,
} from '../formats/sidecars/collected-files.ts';
import {
  duplicateList,
  hashJson,
  metadataJson,
  missingList,
  processedJson,
  unknownJson,
} from './collected-content.ts';

const at = { epochMs: Date.UTC(2025, 0, 31, 12, 0, 0, 123), offsetMinutes: 60 };

describe('the contents of collected files', () => {
  it('writes the hash with a local time of six fraction digits', () => {
    expect(JSON.parse(hashJson({ sha256: 'AB'.repeat(32), fileName: 'x.safetensors', at }))).toEqual({
      hash_type: 'SHA256',
      hash_value: 'ab'.repeat(32),
      filename: 'x.safetensors',
      timestamp: '2025-01-31T13:00:00.123000',
    });
  });

  it('writes the metadata of a header, or the whole header, with four blanks', () => {
    expect(metadataJson({ __metadata__: { ss_tag: 'a' }, w: {} })).toBe('{\n    "ss_tag": "a"\n}');
    expect(JSON.parse(metadataJson({ w: { dtype: 'F16' } }))).toEqual({ w: { dtype: 'F16' } });
  });

  it('writes an error in place of an answer that never was', () => {
    expect(JSON.parse(unknownJson({ message: 'Model not found', status: 404, at }))).toMatchObject({
      status_code: 404,
    });
  });

  it('lists missing files newest first, as they are read again, one line each', () => {
    const older = { ...at, epochMs: at.epochMs - 86_400_000 };
    const text = missingList([
      { at: older, status: 404, fileName: 'old.safetensors' },
      { at, status: 404, fileName: 'a\nb.safetensors' },
    ]);

    expect(
      text?.startsWith('# Files not found on Civitai\n# Format: Timestamp | Status Code | Filename\n'),
    ).toBe(true);
    expect(readMissingList(text ?? '')).toEqual([
      { time: '2025-01-31 13:00:00', status: 404, fileName: 'a\uFFFDb.safetensors' },
      { time: '2025-01-30 13:00:00', status: 404, fileName: 'old.safetensors' },
    ]);
    expect(missingList([])).toBeUndefined();
  });

  it('lists duplicates as they are read again', () => {
    const groups = [
      { hash: 'ab12', kept: '/m/a.safetensors', removed: ['/m/b.safetensors', '/m/c.safetensors'] },
    ];

    expect(readDuplicateList(duplicateList(groups) ?? '')).toEqual(groups);
    expect(duplicateList([])).toBeUndefined();
  });

  it('lists processed files as they are read again, the same bytes for the same facts in any order', () => {
    const utc = { epochMs: at.epochMs, offsetMinutes: 0 };
    const text = processedJson({
      processed: new Map([
        ['/b', utc],
        ['/a', utc],
      ]),
      lastUpdate: utc,
    });

    expect(readProcessedFiles(JSON.parse(text))).toEqual({
      files: ['/a', '/b'],
      lastUpdate: utc.epochMs,
      processed: new Map([
        ['/a', utc.epochMs],
        ['/b', utc.epochMs],
      ]),
    });
    expect(
      processedJson({
        processed: new Map([
          ['/a', utc],
          ['/b', utc],
        ]),
        lastUpdate: utc,
      }),
    ).toBe(text);
  });
});
