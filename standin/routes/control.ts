import { failure, json } from '../route.ts';
import type { Answer, Ask, Route } from '../route.ts';

/** What another process may do with a running stand-in. */
export interface Controls {
  requests(): Readonly<Record<string, number>>;
  problems(): readonly string[];
  reset(): void;
  /** Puts the world's clock forward. */
  advance(ms: number): void;
  /** Other faults from now on, '' for none. Throws on a spec that can't be read. */
  faults(spec: string): void;
}

/** `/standin/…`, no part of the site: counts, manners, clock and faults for tests that run in another process. */
export function controlRoutes(controls: Controls): Route[] {
  const get = (name: string, tell: () => unknown): Route => ({
    method: 'GET',
    pattern: `/standin/${name}`,
    endpoint: 'control',
    access: 'none',
    respond: () => json(200, tell()),
  });
  const post = (name: string, act: (ask: Ask) => void): Route => ({
    method: 'POST',
    pattern: `/standin/${name}`,
    endpoint: 'control',
    access: 'none',
    respond: (ask) => obey(ask, act),
  });
  return [
    get('requests', controls.requests),
    get('problems', controls.problems),
    post('reset', () => controls.reset()),
    post('advance', (ask) => controls.advance(Number(ask.query.get('ms') ?? 0))),
    post('faults', (ask) => controls.faults(ask.query.get('spec') ?? '')),
  ];
}

function obey(ask: Ask, act: (ask: Ask) => void): Answer {
  try {
    act(ask);
    return json(200, { ok: true });
  } catch (error) {
    return failure(400, error instanceof Error ? error.message : String(error));
  }
}
