import { describe, expect, it } from 'vitest';
import type { AppError } from '../base/errors.ts';
import { BadAnswer } from '../net/send.ts';
import { downloadRefusal, DownloadRefusal } from './download-refusal.ts';

const SITE = 'https://civitai.com/api/download/models/7?fileId=9';
const STORAGE = 'https://a.r2.cloudflarestorage.com/model/1/f.safetensors?X-Amz-Signature=[struck]';

describe('a refusal of a download', () => {
  it.each([
    [
      401,
      { error: 'Unauthorized', message: 'The creator of this asset has disabled downloads on this file' },
      'downloads-disabled',
    ],
    [
      401,
      {
        error: 'Unauthorized',
        message: 'The creator of this asset requires you to be logged in to download it',
      },
      'key-needed',
    ],
    [403, { error: 'Forbidden' }, 'forbidden'],
    [404, { error: 'File not found' }, 'not-found'],
    [410, { error: 'Model archived, not available for download' }, 'archived'],
    [400, { error: 'Invalid' }, 'bad-request'],
    [402, 'no JSON at all', 'refused'],
  ])('%i %j is %s', (status, body, code) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const error = downloadRefusal({ status, url: SITE }, text, false);

    expect(error).toBeInstanceOf(DownloadRefusal);
    expect((error as AppError).code).toBe(code);
    expect((error as AppError).next).toBeTruthy();
  });

  it('with a key says that the key is at fault, and says nothing of the key', () => {
    const error = downloadRefusal(
      { status: 401, url: SITE },
      '{"message":"requires you to be logged in"}',
      true,
    );

    expect((error as AppError).code).toBe('key-refused');
  });

  it('of early access names the day, and when to ask again', () => {
    const body = JSON.stringify({
      error: 'Early Access',
      deadline: '2026-12-24T18:00:00.000Z',
      message: 'buy it',
    });
    const error = downloadRefusal({ status: 403, url: SITE }, body, true) as DownloadRefusal;

    expect(error).toMatchObject({ code: 'early-access', retryAt: Date.parse('2026-12-24T18:00:00Z') });
    expect(error.message).toContain('2026-12-24');
  });

  it('by storage is about its signed address: asked again from the start, and told without the address', () => {
    const xml =
      '<?xml version="1.0"?><Error><Code>ExpiredRequest</Code><Message>X-Amz-Signature=abc</Message></Error>';
    const error = downloadRefusal({ status: 403, url: STORAGE }, xml, true);

    expect(error).toBeInstanceOf(BadAnswer);
    expect(error.message).toContain('ExpiredRequest');
    expect(error.message).not.toContain('abc');
  });
});
