import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own, in memory, that can be made smaller and larger while files lie on it. */
export interface SmallDisk {
  /** Absolute. */
  readonly folder: string;
  usedBytes(): number;
  /** Bytes in all; not less than are used. */
  resize(bytes: number): void;
  remove(): void;
}

/** Why no disk can be mounted here; `undefined` when one can. */
export function whyNoDisk(): string | undefined {
  if (process.platform !== 'linux') return 'a small disk is mounted on Linux only';
  if (process.getuid?.() !== 0) return 'only root may mount a small disk';
  try {
    mountDisk(1 << 20).remove();
    return undefined;
  } catch {
    return 'mounting is not allowed here, not even to root';
  }
}

/** Mounts a disk of so many bytes. */
export function mountDisk(bytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'civitarium-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'pipe' });
  return {
    folder,
    usedBytes() {
      const { blocks, bfree, bsize } = statfsSync(folder);
      return (blocks - bfree) * bsize;
    },
    resize: (to) => void execFileSync('mount', ['-o', `remount,size=${to}`, folder], { stdio: 'pipe' }),
    remove() {
      // Lazily: a failed test may still hold a file open there.
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
