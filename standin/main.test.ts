import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('npm run standin', () => {
  it('prints one line with its address, answers, and ends when told', async () => {
    const child = spawn(process.execPath, [MAIN, '--models', '12', '--images', '10', '--seed', '3']);
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const apiUrl = /^The stand-in for Civitai listens at (http:\/\/127\.0\.0\.1:\d+\/api\/v1)\n$/.exec(
      chunk.toString(),
    )?.[1];
    const answer = await fetch(`${apiUrl}/models?limit=1`);
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
  });

  it('says in a sentence what it does not understand', async () => {
    expect(await run('--models', 'many')).toMatchObject({
      code: 1,
      err: '--models wants a number, not "many".\n',
    });
    const faults = await run('--faults', 'nonsense');
    expect(faults.code).toBe(1);
    expect(faults.err).not.toContain('    at ');
    expect((await run('--help')).out).toContain('npm run standin');
  });
});
