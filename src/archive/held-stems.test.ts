import { describe, expect, it } from 'vitest';
import type { WalkedFile } from '../library/walked.ts';
import { stemOf } from '../profiles/profile.ts';
import { heldStems } from './held-stems.ts';

function walked(path: string): WalkedFile {
  const cut = path.lastIndexOf('/');
  const name = path.slice(cut + 1);
  const identity = { size: 1, mtimeNs: '1', ctimeNs: '1', device: '1', inode: '1' };
  return {
    ...identity,
    path,
    name,
    folder: cut < 0 ? '' : path.slice(0, cut),
    stem: stemOf(name),
    ext: '.ckpt',
  };
}

function isHeld(file: string, kind: 'page' | 'info' | 'sidecar' | 'preview', path: string): boolean {
  return heldStems('/m', new Map([[1, walked(file)]]), [{ file_id: 1, kind, path }]).has(1);
}

describe('heldStems', () => {
  it.each([
    ['ink.ckpt', 'page', '/m/ink.html'],
    ['ink.ckpt', 'page', '/m/ink.civitarium.html'],
    ['a/ink.ckpt', 'info', '/m/a/ink.civitai.info'],
    ['ink.ckpt', 'sidecar', '/m/ink.json'],
    ['ink.ckpt.safetensors', 'page', '/m/ink.ckpt.html'],
  ] as const)('%s has its stem by the %s %s', (file, kind, path) => {
    expect(isHeld(file, kind, path)).toBe(true);
  });

  it.each([
    ['ink.ckpt', 'page', '/m/ink.ckpt.html'],
    ['ink.ckpt', 'page', '/m/ink.ckpt~0a1b2c3d.html'],
    ['ink.ckpt', 'page', '/m/before/ink.html'],
    ['new.ckpt', 'page', '/m/ink.html'],
    ['ink.ckpt', 'page', '/out/ink/ink.html'],
    ['ink.ckpt', 'preview', '/m/ink.html'],
  ] as const)('%s has it not by the %s %s', (file, kind, path) => {
    expect(isHeld(file, kind, path)).toBe(false);
  });
});
