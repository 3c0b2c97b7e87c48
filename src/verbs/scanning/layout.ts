import { resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { isRecord } from '../../base/json.ts';
import type { Root } from '../../catalog/root.ts';
import { parsePreviewWish } from '../../archive/plan-previews.ts';
import type { PreviewWish } from '../../archive/plan-previews.ts';
import { checkFolder } from '../../library/root.ts';
import { textOption } from '../option.ts';
import { readConfigured } from './layout-configured.ts';
import type { ConfiguredLayout } from './layout-configured.ts';
import type { Input, Option } from '../option.ts';

/** Where the things of a root are written. */
export interface Layout {
  readonly profile: 'beside' | 'collected' | 'configured';
  /** Absolute; `undefined` for the root itself. */
  readonly output: string | undefined;
  /** Names and places that a configuration gives; with `configured` only. */
  readonly configured?: ConfiguredLayout | undefined;
}

/** The flags that say it. */
export const LAYOUT_OPTIONS: readonly Option[] = [
  {
    name: 'profile',
    kind: 'text',
    value: 'NAME',
    choices: ['beside', 'collected'],
    summary:
      'where things are written: beside the models, or collected in --output (default: as the last scan did, beside at first)',
  },
  {
    name: 'output',
    kind: 'text',
    value: 'DIR',
    summary: 'folder for the gallery, or for everything with --profile collected',
  },
];

export const IMAGES_OPTION: Option = {
  name: 'images',
  kind: 'optional',
  value: 'first|all|none|N',
  bare: 'all',
  summary: 'previews to fetch for each model (default first; bare: all)',
};

/** The layout that flags name; `undefined` when there are none. Throws UserError `no-output` and those of `checkFolder`. */
export function readLayout(input: Input, cwd: string): Layout | undefined {
  const given = textOption(input, 'profile');
  const output = textOption(input, 'output');
  if (given === undefined && output === undefined) return undefined;
  const profile = given === 'collected' ? 'collected' : 'beside';
  if (profile === 'collected' && output === undefined) {
    throw new UserError('The profile "collected" needs a folder to collect in.', {
      code: 'no-output',
      next: 'Add --output DIR.',
    });
  }
  if (output === undefined) return { profile, output };
  checkFolder(resolve(cwd, output));
  return { profile, output: resolve(cwd, output) };
}

/** How many previews are wanted. Throws UserError `bad-argument`. */
export function readImages(input: Input): PreviewWish {
  const text = textOption(input, 'images') ?? 'first';
  const wish = parsePreviewWish(text);
  if (wish !== undefined) return wish;
  throw new UserError(`--images takes first, all, none or a number, not "${text}".`, {
    code: 'bad-argument',
  });
}

/** What is written where nobody said anything. */
export const USUAL_LAYOUT: Layout = { profile: 'beside', output: undefined };

/** How the things of a root were last written; `undefined` when it is not known. */
export function layoutOf({ settings }: Pick<Root, 'settings'>): Layout | undefined {
  if (settings === null || !settings.startsWith('{')) return undefined;
  const value: unknown = JSON.parse(settings);
  if (!isRecord(value)) return undefined;
  if (value['profile'] === 'configured') {
    const configured = readConfigured(value['configured']);
    return configured === undefined ? undefined : { profile: 'configured', output: undefined, configured };
  }
  if (value['profile'] !== 'beside' && value['profile'] !== 'collected') return undefined;
  return {
    profile: value['profile'],
    output: typeof value['output'] === 'string' ? value['output'] : undefined,
  };
}

export function isSameLayout(one: Layout | undefined, other: Layout | undefined): boolean {
  if (one?.profile !== other?.profile || one?.output !== other?.output) return false;
  return JSON.stringify(one?.configured) === JSON.stringify(other?.configured);
}
