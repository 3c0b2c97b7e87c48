import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limitsFor } from '../net/limits.ts';
import { startServer } from '../net/testing/with-server.ts';
import type { TestServer } from '../net/testing/with-server.ts';
import { hostLimits } from './host-limits.ts';
import { placesOf } from './places.ts';
import { resolveSettings } from './settings.ts';
import { openWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

describe('hostLimits', () => {
  it('puts every key of the configuration where the pacing looks for it', () => {
    const hosts = hostLimits({ 'Civitai.com': { rate: 12, spacing_ms: 700, concurrency: 3 } });

    expect(limitsFor({ hosts })('civitai.com', 'models')).toMatchObject({
      limit: { perMinute: 12, minSpacingMs: 700, concurrency: 3 },
      shared: { perMinute: 12 },
    });
  });

  it('leaves alone what is not said', () => {
    const limits = limitsFor({ hosts: hostLimits({ 'civitai.com': { spacing_ms: 700 } }) })(
      'civitai.com',
      'models',
    );

    expect(limits.limit).toEqual({ ...limitsFor({})('civitai.com', 'models').limit, minSpacingMs: 700 });
    expect(hostLimits(undefined)).toEqual({});
  });
});

describe('a host of the configuration', () => {
  let folder: string;
  let server: TestServer;
  let workspace: Workspace;
  let most = 0;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'civitarium-hosts-'));
    let running = 0;
    server = await startServer(async (_asked, response) => {
      most = Math.max(most, (running += 1));
      await new Promise((done) => setTimeout(done, 20));
      running -= 1;
      response.end('{}');
    });
  });

  afterEach(async () => {
    await workspace.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('is asked as often at once as its line says', async () => {
    const places = placesOf({ XDG_STATE_HOME: folder, XDG_DATA_HOME: folder }, 'linux', folder);
    const config = { hosts: { [new URL(server.origin).host]: { concurrency: 1 } } };
    const settings = resolveSettings({
      flags: { 'api-url': server.origin, rate: 6000, quiet: true },
      env: {},
      config,
      configFile: undefined,
      places,
      cwd: folder,
    });
    const terminal = { interactive: false, confirm: async () => false, print: () => {} };
    workspace = openWorkspace({
      settings,
      config,
      terminal,
      signal: new AbortController().signal,
      cwd: folder,
      colour: false,
    });
    const net = await workspace.net();

    const asked = [1, 2, 3, 4].map(async (n) => {
      const { body } = await net.send({ method: 'GET', url: `${server.origin}/${n}`, endpoint: 'models' });
      await body.toArray();
    });
    await Promise.all(asked);

    expect(most).toBe(1);
    expect(workspace.requests().total).toBe(4);
  });
});
