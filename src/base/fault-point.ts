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
  // All are counted before one strikes: a passage that throws is a passage for the others too.
  const due = FAULTS.filter((fault) => fault.name === name && (fault.left -= 1) === 0);
  for (const { what } of due) {
    if (what === 'kill') process.kill(process.pid, 'SIGKILL');
    throw Object.assign(new Error(`${what}: injected at ${name}`), { code: what });
  }
}
