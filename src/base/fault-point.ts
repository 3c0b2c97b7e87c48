/**
 * Named points at which tests make the program die or the disk fail. `CIVITARIUM_FAULT` holds `WHAT@NAME:N` (several
 * with commas): at the N-th passage of NAME, `kill` ends the process as SIGKILL does, anything else is thrown as a
 * system error of that code (`ENOSPC`, `EIO`). Without the variable a point costs one comparison.
 */
const FAULTS = parse(process.env['CIVITARIUM_FAULT'] ?? '');

interface Fault {
  readonly what: string;
  readonly name: string;
  left: number;
}

function parse(text: string): Fault[] {
  return [...text.matchAll(/([A-Za-z]+)@([\w.-]+)(?::(\d+))?/g)].map((match) => ({
    what: match[1] ?? '',
    name: match[2] ?? '',
    left: Number(match[3] ?? 1),
  }));
}

/** Marks a point between two steps that must each be survivable. Throws or dies only when a test asks for it. */
export function faultPoint(name: string): void {
  if (FAULTS.length === 0) return;
  for (const fault of FAULTS) {
    if (fault.name !== name) continue;
    fault.left -= 1;
    if (fault.left !== 0) continue;
    if (fault.what === 'kill') process.kill(process.pid, 'SIGKILL');
    throw Object.assign(new Error(`${fault.what}: injected at ${name}`), { code: fault.what });
  }
}
