import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyCheckout, IS_CHECKOUT, runIn } from './checkout.ts';
import type { Outcome } from './checkout.ts';

const SLOW_MS = 300_000;

if (!IS_CHECKOUT) console.warn('This is no git checkout: the commit hook is not tried.');

function commit(folder: string, path: string): Outcome {
  runIn(folder, 'git', 'add', path);
  return runIn(
    folder,
    'git',
    '-c',
    'user.name=A Person',
    '-c',
    'user.email=person@example.com',
    'commit',
    '-m',
    'Add a file',
  );
}

describe.skipIf(!IS_CHECKOUT)('the commit hook', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-hooks-'));
    copyCheckout(folder);
    runIn(folder, 'git', 'init', '--quiet');
    runIn(folder, 'git', 'add', '--all');
    runIn(
      folder,
      'git',
      '-c',
      'user.name=A Person',
      '-c',
      'user.email=person@example.com',
      'commit',
      '--quiet',
      '-m',
      'Begin',
    );
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is set up by npm run hooks', () => {
    const { code, output } = runIn(folder, 'npm', 'run', 'hooks');

    expect(code, output).toBe(0);
    expect(runIn(folder, 'git', 'config', 'core.hooksPath').output).toBe('.githooks\n');
  });

  it(
    'refuses a file that is badly formatted, and names it',
    () => {
      writeFileSync(
        join(folder, 'src', 'base', 'twice.ts'),
        '/** Twice as much. */\nexport function twice(n:number):number{return n*2}\n',
      );

      const { code, output } = commit(folder, 'src/base/twice.ts');

      expect(code).toBe(1);
      expect(output).toMatch(/FAILED\s+format/);
      expect(output).toContain('src/base/twice.ts');
      expect(runIn(folder, 'git', 'log', '--oneline').output.trim().split('\n')).toHaveLength(1);
    },
    SLOW_MS,
  );

  it(
    'accepts it when it is formatted and its test passes',
    () => {
      writeFileSync(
        join(folder, 'src', 'base', 'twice.ts'),
        '/** Twice as much. */\nexport function twice(n: number): number {\n  return n * 2;\n}\n',
      );
      writeFileSync(join(folder, 'src', 'base', 'twice.test.ts'), TEST);

      const { code, output } = commit(folder, 'src/base');

      expect(code, output).toBe(0);
      expect(output).toMatch(/1 passed/);
    },
    SLOW_MS,
  );
});

const TEST = `import { expect, it } from 'vitest';
import { twice } from './twice.ts';

it('doubles', () => {
  expect(twice(2)).toBe(4);
});
`;
