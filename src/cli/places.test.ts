import { isAbsolute } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesOf } from './places.ts';

const HOME = '/home/ana';
const XDG = ['XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'] as const;

describe('placesOf', () => {
  it('uses the XDG folders that are set', () => {
    const env = { XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s', XDG_CACHE_HOME: '/c', XDG_CONFIG_HOME: '/e' };
    const wanted = {
      data: '/d/civitarium',
      state: '/s/civitarium',
      cache: '/c/civitarium',
      logs: '/s/civitarium/logs',
      config: '/e/civitarium',
    };

    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(placesOf(env, platform, HOME)).toEqual(wanted);
  });

  it('uses the usual folders of a home when none is set', () => {
    expect(placesOf({}, 'linux', HOME)).toEqual({
      data: '/home/ana/.local/share/civitarium',
      state: '/home/ana/.local/state/civitarium',
      cache: '/home/ana/.cache/civitarium',
      logs: '/home/ana/.local/state/civitarium/logs',
      config: '/home/ana/.config/civitarium',
    });
  });

  it.each(['', 'relative/folder', '.'])('counts an XDG variable of %j as not set', (value) => {
    const env = Object.fromEntries(XDG.map((name) => [name, value]));

    expect(placesOf(env, 'linux', HOME)).toEqual(placesOf({}, 'linux', HOME));
  });

  it("uses the platform's own folders on macOS and Windows", () => {
    expect(placesOf({}, 'darwin', '/Users/ana').logs).toBe('/Users/ana/Library/Logs/Civitarium');
    expect(placesOf({ APPDATA: '/roaming', LOCALAPPDATA: '/local' }, 'win32', HOME)).toMatchObject({
      data: '/local/Civitarium/data',
      config: '/roaming/Civitarium',
    });
  });

  it('never names a folder that depends on where the program was started', () => {
    const value = fc.option(fc.oneof(fc.string(), fc.constantFrom('', '/', '/x', '..', 'x')), {
      nil: undefined,
    });
    const env = fc.record(Object.fromEntries(XDG.map((name) => [name, value])));

    fc.assert(
      fc.property(env, fc.constantFrom<NodeJS.Platform>('linux', 'darwin'), (variables, platform) => {
        expect(Object.values(placesOf(variables, platform, HOME)).every((path) => isAbsolute(path))).toBe(
          true,
        );
      }),
    );
  });
});
