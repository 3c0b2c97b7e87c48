import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_KEY } from '../../standin/access.ts';
import { startStandin } from '../../standin/start.ts';
import type { Standin } from '../../standin/start.ts';
import { makeGetStory, oddSample, sampleAt, sha256 } from './testing/get-story.ts';
import type { GetStory } from './testing/get-story.ts';

const SECRET = 'a secret of the test';
const hasAria2 = spawnSync('aria2c', ['--version']).error === undefined;

let standin: Standin;
let story: GetStory;

beforeAll(async () => {
  standin = await startStandin({ models: 100, seed: 11, images: 50, pictures: 2000, speed: 0 });
});

beforeEach(() => {
  standin.reset();
  story = makeGetStory(standin);
});

afterEach(() => {
  standin.faults.use('');
  story.home.remove();
});

afterAll(() => standin.close());

describe('get --export-list', { timeout: 120_000 }, () => {
  it('writes an input file of aria2 with names and promised hashes and no key, fetches nothing, and overwrites nothing', async () => {
    const { model, file, bytes } = sampleAt(standin, 0);
    const args = [String(model.id), '--export-list', 'list.txt'];

    const result = await story.get(args, { env: { CIVITAI_API_KEY: SAMPLE_KEY } });
    const again = await story.get(args);

    expect(result.code, result.stderr).toBe(0);
    const text = readFileSync(join(story.home.folder, 'list.txt'), 'utf8');
    expect(text.split('\n')).toEqual([
      `${standin.origin}/api/download/models/${file.versionId}?fileId=${file.id}`,
      `  dir=${story.out}`,
      `  out=${file.name}`,
      '  continue=true',
      '  auto-file-renaming=false',
      `  checksum=sha-256=${sha256(bytes)}`,
      '',
    ]);
    expect(standin.requests()['download/models/:id']).toBeUndefined();
    expect([again.code, again.json.failures[0]?.code]).toEqual([1, 'in-the-way']);
    expect(readFileSync(join(story.home.folder, 'list.txt'), 'utf8')).toBe(text);
  });

  it('writes plain addresses into a file that ends in .urls', async () => {
    const [a, b] = [sampleAt(standin, 0), sampleAt(standin, 2)];

    await story.get([String(a.model.id), String(b.model.id), '--export-list', 'list.urls']);

    expect(readFileSync(join(story.home.folder, 'list.urls'), 'utf8')).toBe(
      [a, b]
        .map(({ file }) => `${standin.origin}/api/download/models/${file.versionId}?fileId=${file.id}\n`)
        .join(''),
    );
  });
});

describe.skipIf(!hasAria2)(
  `get --downloader aria2${hasAria2 ? '' : ' (aria2c is not installed)'}`,
  { timeout: 120_000 },
  () => {
    let aria2: ChildProcess;
    let url: string;

    beforeAll(async () => {
      const port = await freePort();
      url = `http://127.0.0.1:${port}/jsonrpc`;
      aria2 = spawn(
        'aria2c',
        [
          '--no-conf',
          '--enable-rpc',
          `--rpc-listen-port=${port}`,
          `--rpc-secret=${SECRET}`,
          '--quiet',
          '--max-tries=1',
        ],
        { stdio: 'ignore' },
      );
      for (let tries = 0; tries < 100 && !(await answers(url)); tries += 1) await delay(100);
    });

    afterAll(() => void aria2.kill('SIGKILL'));

    const withAria2 = (): string[] => ['--downloader', 'aria2', '--aria2-url', url, '--media', 'none'];
    const env = { CIVITARIUM_ARIA2_SECRET: SECRET };

    it('has aria2 bring the bytes from the signed address, proves and describes them, and gives it no key', async () => {
      const { model, file, bytes } = oddSample(standin, 'requires-login');

      const result = await story.get([String(model.id), ...withAria2()], {
        env: { ...env, CIVITAI_API_KEY: SAMPLE_KEY },
      });

      expect(result.code, result.stderr).toBe(0);
      expect(result.json.counts).toMatchObject({ wanted: 1, fetched: 1, bytes: bytes.length });
      expect(story.hashOf(file.name)).toBe(sha256(bytes));
      expect(story.hashOf(file.name.replace(/\.\w+$/, '.html'))).toBeDefined();
      const agents = standin.asks().filter((ask) => ask.endpoint === 'storage');
      expect(agents.map((ask) => ask.withKey)).toEqual([false]);
      expect(story.leftovers()).toEqual([]);
    });

    it('tells of what aria2 could not bring without the signed address, and brings it with --retry-failed', async () => {
      const { model, file, bytes } = sampleAt(standin, 0);
      standin.faults.use('/storage/*:404=1');

      const failed = await story.get([String(model.id), ...withAria2()], { env });
      standin.faults.use('');
      const retried = await story.get(['--retry-failed', ...withAria2()], { env });

      expect(failed.code).toBe(3);
      expect(failed.json.failures).toMatchObject([{ code: 'downloader-failed' }]);
      expect(failed.stdout + failed.stderr).not.toContain('X-Amz-Signature=');
      expect(retried.code, retried.stderr).toBe(0);
      expect(story.hashOf(file.name)).toBe(sha256(bytes));
    });

    it('believes nothing: other bytes than promised are not placed', async () => {
      const { model, file } = sampleAt(standin, 0);
      standin.faults.use('/storage/*:bytes=1');

      const result = await story.get([String(model.id), ...withAria2()], { env });

      expect(result.code).toBe(3);
      expect(result.json.failures).toMatchObject([{ code: 'wrong-hash' }]);
      expect(story.hashOf(file.name)).toBeUndefined();
      expect(story.leftovers()).toEqual([]);
    });
  },
);

describe('get --downloader', { timeout: 120_000 }, () => {
  it('takes aria2 on this machine only, and says when it is not there', async () => {
    const { model } = sampleAt(standin, 0);

    const away = await story.get([
      String(model.id),
      '--downloader',
      'aria2',
      '--aria2-url',
      'http://10.0.0.1/jsonrpc',
    ]);
    const absent = await story.get([
      String(model.id),
      '--downloader',
      'aria2',
      '--aria2-url',
      `http://127.0.0.1:${await freePort()}/jsonrpc`,
    ]);

    expect([away.code, away.json.failures[0]?.code]).toEqual([1, 'bad-argument']);
    expect([absent.code, absent.json.failures[0]?.code]).toEqual([3, 'downloader-failed']);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(url: string): Promise<boolean> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: '1',
    method: 'aria2.getVersion',
    params: [`token:${SECRET}`],
  });
  return await fetch(url, { method: 'POST', body }).then(
    ({ ok }) => ok,
    () => false,
  );
}
