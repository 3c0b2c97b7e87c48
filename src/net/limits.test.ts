import { describe, expect, it } from 'vitest';
import { DEFAULT_RATE_PER_MINUTE, limitsFor } from './limits.ts';

describe('limitsFor', () => {
  it('counts every question to the API together, and media not at all', () => {
    const limits = limitsFor({});

    for (const endpoint of ['models?ids', 'model-versions/by-hash', 'images', 'download', 'me', 'articles']) {
      expect(limits('civitai.com', endpoint).shared?.perMinute).toBe(DEFAULT_RATE_PER_MINUTE);
    }
    expect(limits('image.civitai.com', 'media')).toMatchObject({
      limit: { perMinute: undefined, concurrency: 8 },
      shared: undefined,
    });
    expect(limits('x.r2.cloudflarestorage.com', 'storage').shared).toBeUndefined();
  });

  it('obeys the user, for all and for single hosts', () => {
    const limits = limitsFor({
      ratePerMinute: 30,
      mediaConcurrency: 2,
      hosts: { 'slow.host:8080': { concurrency: 1, minSpacingMs: 900, perMinute: 5 } },
    });

    expect(limits('civitai.com', 'models').shared?.perMinute).toBe(30);
    expect(limits('image.civitai.com', 'media').limit.concurrency).toBe(2);
    expect(limits('slow.host:8080', 'models')).toMatchObject({
      limit: { concurrency: 1, minSpacingMs: 900 },
      shared: { perMinute: 5 },
    });
    expect(limits('slow.host:8080', 'media').limit).toMatchObject({ concurrency: 1, perMinute: 5 });
  });

  it('keeps to the stricter figures the site states for some lists', () => {
    expect(limitsFor({ ratePerMinute: 600 })('civitai.com', 'articles').limit.perMinute).toBe(60);
  });
});
