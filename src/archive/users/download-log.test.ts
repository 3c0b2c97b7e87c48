import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../catalog/transfer.ts';
import { downloadLogOf, downloadLogText } from './download-log.ts';

const QUEUED: Transfer = {
  id: 1,
  host_id: 'h',
  kind: 'image',
  subject: '5',
  output: '/o',
  path: '/o/5.png',
  source: 'https://image.civitai.com/x/5.jpeg',
  model_id: null,
  version_id: null,
  size: 100,
  sha256: null,
  state: 'queued',
  how: null,
  reason: null,
  why: null,
  next: null,
  retry_at: null,
  tries: 1,
  validator: null,
  total: null,
  kept_bytes: null,
  kept_sha256: null,
  placed_sha256: null,
  placed_size: null,
  placed_mtime_ns: null,
  verified: 0,
  created_at: 0,
  updated_at: 0,
  creator: 'ann',
};

function row(given: Partial<Transfer>): Transfer {
  return { ...QUEUED, ...given };
}

describe('downloadLogOf', () => {
  it('never says that what is still coming is missing', () => {
    expect(downloadLogOf([row({ state: 'queued', kept_bytes: 50 })], [])).toEqual({
      success: [],
      failed: [],
    });
  });

  it.each([
    [{ kind: 'image', state: 'refused', reason: 'not-found' }, 'missing'],
    [{ kind: 'image', state: 'failed', reason: 'not-a-file' }, 'corrupted'],
    [{ kind: 'file', state: 'failed', reason: 'hash-mismatch' }, 'corrupted'],
    [{ kind: 'file', state: 'refused', reason: 'key-needed' }, 'presigned_url_failed: key-needed'],
    [{ kind: 'file', state: 'failed', reason: 'in-the-way' }, 'invalid_path'],
    [{ kind: 'file', state: 'failed', reason: 'timeout' }, 'timeout'],
    [{ kind: 'file', state: 'failed', reason: 'disk-failed' }, 'unexpected_error: disk-failed'],
  ] as const)('says of %j: %s', (given, reason) => {
    expect(downloadLogOf([row(given)], []).failed).toMatchObject([{ reason }]);
  });

  it('names a model file by its version, with its page and the site’s own address', () => {
    const failed = row({
      kind: 'file',
      subject: '9',
      state: 'failed',
      reason: 'timeout',
      model_id: 3,
      version_id: 7,
      source: 'https://civitai.com/api/download/models/7?fileId=9',
    });

    expect(downloadLogOf([failed], []).failed[0]).toMatchObject({
      id: 7,
      type: 'lora',
      info: {
        download_url: 'https://civitai.com/api/download/models/7?fileId=9',
        page_url: 'https://civitai.com/models/3?modelVersionId=7',
      },
    });
  });

  it('tells people the same', () => {
    const done = row({ state: 'done', placed_size: 10 });

    expect(downloadLogText('ann', downloadLogOf([done], []))).toContain('All succeeded.');
    const text = downloadLogText(
      'ann',
      downloadLogOf([done, row({ id: 2, subject: '6', state: 'refused', reason: 'not-found' })], []),
    );
    expect(text).toContain('Here: 1\nNot here: 1\n');
    expect(text).toContain('image 6: missing');
  });
});
