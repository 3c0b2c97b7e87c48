import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  AppError,
  CatalogError,
  EXIT,
  IntegrityError,
  InterruptedError,
  isSystemError,
  LibraryError,
  messageOf,
  SourceError,
  UserError,
} from './errors.ts';

describe('the tree of errors', () => {
  it.each([
    [new UserError('a', { code: 'x' }), EXIT.cannotStart],
    [new LibraryError('a', { code: 'x' }), EXIT.cannotStart],
    [new LibraryError('a', { code: 'disk-full', exitCode: EXIT.outside }), EXIT.outside],
    [new SourceError('a', { code: 'x' }), EXIT.outside],
    [new CatalogError('a', { code: 'x' }), EXIT.cannotStart],
    [new IntegrityError('a', { code: 'x' }), EXIT.someFailed],
    [new InterruptedError(), EXIT.interrupted],
  ])('gives $name its exit code', (error, exit) => {
    expect(error).toBeInstanceOf(AppError);
    expect(error.exitCode).toBe(exit);
    expect(error.name).toBe(error.constructor.name);
  });

  it('carries the cause, and what the site said', () => {
    const cause = new Error('below');
    const error = new SourceError('The site answered 404.', {
      code: 'gone',
      status: 404,
      url: 'https://example.com/',
      cause,
    });

    expect(error).toMatchObject({
      cause,
      status: 404,
      permanent: false,
      url: 'https://example.com/',
      next: undefined,
    });
  });
});

describe('isSystemError', () => {
  it('knows the errors of Node by their code', () => {
    const missing = errorOf(() => readFileSync('/nonexistent/file'));

    expect(isSystemError(missing)).toBe(true);
    expect(isSystemError(missing, 'EACCES', 'ENOENT')).toBe(true);
    expect(isSystemError(missing, 'EACCES')).toBe(false);
    expect(isSystemError(new Error('plain'))).toBe(false);
    expect(isSystemError({ code: 'ENOENT' }, 'ENOENT')).toBe(false);
  });
});

describe('messageOf', () => {
  it('gives a sentence for anything thrown', () => {
    expect(messageOf(new Error('why'))).toBe('why');
    expect(messageOf('text')).toBe('text');
    expect(messageOf(undefined)).toBe('undefined');
  });
});

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
