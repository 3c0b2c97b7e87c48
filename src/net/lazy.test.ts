import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SCRIPT = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  const { openNet } = await import('./stack.ts');
  const { createClient } = await import('../civitai/client.ts');
  const net = openNet({ apiUrl: 'http://127.0.0.1:9', stateFile: ':memory:', clock: { now: () => 0 }, chance: () => 0, log: {} });
  createClient({ send: net.send, apiUrl: 'http://127.0.0.1:9', log: {} });
  await net.close();
  console.log(JSON.stringify(loaded.filter((url) => url.includes('node_modules'))));
`;

describe('opening the network and the client', () => {
  it('loads no library before the first request', () => {
    const folder = fileURLToPath(new URL('.', import.meta.url));

    const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', SCRIPT], {
      cwd: folder,
      encoding: 'utf8',
    });

    expect(JSON.parse(loaded)).toEqual([]);
  });
});
