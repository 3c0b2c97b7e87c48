import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How long the system's list of processes may take, ms. */
const PATIENCE_MS = 3000;

/**
 * True when a Krita runs on this machine; `undefined` when that can't be found out. Krita holds the list in memory and
 * writes it whole: what is changed meanwhile is lost.
 */
export async function isKritaRunning(
  platform: NodeJS.Platform,
  proc = '/proc',
): Promise<boolean | undefined> {
  try {
    if (platform === 'linux') return processNames(proc).some(isKrita);
    const [command, args] =
      platform === 'win32'
        ? (['tasklist', ['/FO', 'CSV', '/NH']] as const)
        : (['ps', ['-axo', 'comm=']] as const);
    const { stdout } = await run(command, args, { timeout: PATIENCE_MS, maxBuffer: 16 * 1024 * 1024 });
    return stdout.split('\n').some((line) => isKrita(line.split('","')[0]?.replaceAll('"', '') ?? ''));
  } catch {
    return undefined;
  }
}

function processNames(proc: string): string[] {
  return readdirSync(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(join(proc, pid, 'comm'), 'utf8')];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** `krita`, `krita.exe`, `/Applications/krita.app/Contents/MacOS/krita`, an AppImage's `krita-5.2.9-x86`. */
function isKrita(command: string): boolean {
  const name = command.trim().split(/[/\\]/).at(-1) ?? '';
  return /^krita(?:\.exe|\.bin|-[\d.]+.*)?$/i.test(name);
}
