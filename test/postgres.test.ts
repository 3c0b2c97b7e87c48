import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';

import { startPostgres } from './postgres.ts';

const given = process.env['CIVITARIUM_TEST_POSTGRES'];

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    await client.end();
    return true;
  } catch {
    return false;
  }
}

describe('the PostgreSQL of the tests', () => {
  afterEach(() => {
    if (given === undefined) delete process.env['CIVITARIUM_TEST_POSTGRES'];
    else process.env['CIVITARIUM_TEST_POSTGRES'] = given;
  });

  it('is the one named in the environment, when one is', async () => {
    process.env['CIVITARIUM_TEST_POSTGRES'] = 'postgres://somewhere/else';

    expect((await startPostgres()).url).toBe('postgres://somewhere/else');
  });

  it('runs until it is stopped', async () => {
    delete process.env['CIVITARIUM_TEST_POSTGRES'];

    const server = await startPostgres();
    const whileRunning = await answers(server.url);
    await server.stop();

    expect(whileRunning).toBe(true);
    expect(await answers(server.url)).toBe(false);
  });

  it('ends with the process that started it, even when that is killed', async () => {
    const module = JSON.stringify(import.meta.resolve('./postgres.ts'));
    const program = `console.log((await (await import(${module})).startPostgres()).url); setInterval(() => {}, 1000);`;
    const env = { ...process.env, CIVITARIUM_TEST_POSTGRES: '' };
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await firstLine(child.stdout);
    const whileRunning = await answers(url);
    child.kill('SIGKILL');

    let left = 100;
    while (left > 0 && (await answers(url))) {
      left -= 1;
      await delay(50);
    }

    expect(whileRunning).toBe(true);
    expect(left).toBeGreaterThan(0);
  });
});

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stream })) return line;
  return '';
}
