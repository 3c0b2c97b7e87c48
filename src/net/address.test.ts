import { describe, expect, it } from 'vitest';
import { SourceError } from '../base/errors.ts';
import { checkAddress, isLoopbackUrl, isPrivateAddress, publicLookup } from './address.ts';

describe('checkAddress', () => {
  it.each([
    'http://civitai.com/x',
    'ftp://civitai.com/x',
    'file:///etc/passwd',
    'data:text/plain,x',
    'https://localhost/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://10.1.2.3/x',
    'https://192.168.0.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://[fd00::1]/x',
    'nonsense',
  ])('refuses %s when the API is public', (url) => {
    expect(() => checkAddress(url, false)).toThrow(SourceError);
  });

  it('allows public https', () => {
    expect(checkAddress('https://image.civitai.com/a/b', false).host).toBe('image.civitai.com');
  });

  it('allows this machine, and still no other private one, when the API is on this machine', () => {
    expect(checkAddress('http://127.0.0.1:8080/x', true).port).toBe('8080');
    expect(checkAddress('http://localhost:1/x', true).hostname).toBe('localhost');
    expect(() => checkAddress('http://192.168.0.1/x', true)).toThrow(SourceError);
  });

  it('does not print a token it refuses', () => {
    expect(() => checkAddress('http://a.b/?token=hidden', false)).toThrow(/token=\[struck\]/);
  });
});

describe('isLoopbackUrl', () => {
  it('knows this machine by any of its names', () => {
    expect(
      ['http://127.0.0.1', 'http://127.8.8.8:1/x', 'http://[::1]:9', 'http://localhost'].every(isLoopbackUrl),
    ).toBe(true);
    expect(['https://civitai.com', 'http://127.0.0.1.evil.com', 'x'].some(isLoopbackUrl)).toBe(false);
  });
});

describe('publicLookup', () => {
  it('answers no name with an address of this machine', async () => {
    const error = await new Promise((resolve) => publicLookup('localhost', { all: true }, resolve));

    expect(error).toBeInstanceOf(Error);
    expect(isPrivateAddress('127.0.0.1')).toBe(true);
  });
});
