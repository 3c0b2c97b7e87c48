import type { Finding } from './finding.ts';
import { SPELLINGS, valueAt } from './layers.ts';
import type { Layer } from './layers.ts';

/** Settings of one layer that can't both be meant. */
export function contradictions(layer: Layer, at: readonly string[]): Finding[] {
  return [...twoSpellings(layer, at), ...twoModes(layer, at), ...twoOverwrites(layer, at)];
}

function twoSpellings(layer: Layer, at: readonly string[]): Finding[] {
  return SPELLINGS.flatMap(({ ours, theirs }) => {
    const [one, other] = [valueAt(layer, ours), valueAt(layer, theirs)];
    if (!isSaid(one) || !isSaid(other) || plain(one) === plain(other)) return [];
    return [disagree([...at, ...theirs], theirs, other, ours, one)];
  });
}

function twoModes(layer: Layer, at: readonly string[]): Finding[] {
  const mode = valueAt(layer, ['organization', 'operation_mode']);
  const moves = valueAt(layer, ['organization', 'move_files']);
  const links = valueAt(layer, ['organization', 'create_symlinks']);
  const found: Finding[] = [];
  const path = (key: string): string[] => [...at, 'organization', key];
  if (moves === true && links === true)
    found.push({
      path: path('create_symlinks'),
      message: 'contradicts move_files: a file is moved or linked, not both',
      next: 'Write operation_mode: move or operation_mode: symlink, and take both out.',
    });
  else if (isSaid(mode) && moves === true && mode !== 'move')
    found.push(disagree(path('move_files'), ['move_files'], true, ['operation_mode'], mode));
  else if (isSaid(mode) && links === true && mode !== 'symlink')
    found.push(disagree(path('create_symlinks'), ['create_symlinks'], true, ['operation_mode'], mode));
  return found;
}

function twoOverwrites(layer: Layer, at: readonly string[]): Finding[] {
  const old = valueAt(layer, ['overwrite_triggers']);
  const now = valueAt(layer, ['overwrite']);
  if (typeof old !== 'boolean' || !isSaid(now)) return [];
  const isSame = old ? now === 'always' : now !== 'always';
  return isSame
    ? []
    : [disagree([...at, 'overwrite_triggers'], ['overwrite_triggers'], old, ['overwrite'], now)];
}

function disagree(
  path: readonly string[],
  theirs: readonly string[],
  other: unknown,
  ours: readonly string[],
  one: unknown,
): Finding {
  return {
    path,
    message: `contradicts ${ours.join('.')}: ${String(other)} here, ${String(one)} there`,
    next: `Keep one of ${ours.join('.')} and ${theirs.join('.')}.`,
  };
}

function isSaid(value: unknown): value is string | number | boolean {
  return value !== undefined && value !== null;
}

function plain(value: string | number | boolean): string {
  return String(value).trim().replace(/\/+$/, '');
}
