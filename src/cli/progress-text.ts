import { formatBytes, formatCount } from '../base/bytes.ts';
import { formatSpan } from '../base/dates.ts';
import type { Clock } from '../base/clock.ts';
import type { Phase, Progress } from '../base/progress.ts';

/** A stream that may be a terminal; process.stderr is one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR = 24;
/** Redraw at most this often, in ms. */
const REDRAW_MS = 80;

/** Progress as text: a live line a phase on a terminal, a line when a phase ends or waits elsewhere. */
export function textProgress(screen: Screen, clock: Clock, style: { readonly colour: boolean }): Progress {
  const live = screen.isTTY === true;
  let drawn = 0;
  const clear = (): void => {
    if (live && drawn > 0) screen.write('\r\u001B[K');
    drawn = 0;
  };
  return {
    note(message) {
      clear();
      screen.write(`${message}\n`);
    },
    phase(title, total, unit): Phase {
      const startedAt = clock.now();
      let done = 0;
      let reason: string | undefined;
      let lastDraw = 0;
      const draw = (): void => {
        if (!live) return;
        lastDraw = clock.now();
        const line = phaseLine({ title, total, unit, done, reason, elapsedMs: lastDraw - startedAt }, (screen.columns ?? 80) - 1, style.colour);
        clear();
        screen.write(line);
        drawn = line.length;
      };
      draw();
      return {
        advance(more) {
          done += more;
          if (clock.now() - lastDraw >= REDRAW_MS) draw();
        },
        waiting(why) {
          if (!live && why !== undefined && why !== reason) screen.write(`${title}: ${why}\n`);
          reason = why;
          draw();
        },
        end() {
          clear();
        },
      };
    },
  };
}

interface PhaseState {
  readonly title: string;
  readonly total: number | undefined;
  readonly unit: string;
  readonly done: number;
  readonly reason: string | undefined;
  readonly elapsedMs: number;
}

/** One line of at most `width` characters: title, bar, count, rate, time left, and why it waits. */
export function phaseLine(state: PhaseState, width: number, colour: boolean): string {
  const amount = state.unit === 'bytes' ? formatBytes : formatCount;
  const share = state.total === undefined || state.total === 0 ? undefined : Math.min(1, state.done / state.total);
  const count = state.total === undefined ? `${amount(state.done)} ${state.unit}` : `${amount(state.done)} of ${amount(state.total)}${state.unit === 'bytes' ? '' : ` ${state.unit}`}`;
  const rate = state.elapsedMs > 1000 && state.done > 0 ? `${amount(Math.round((state.done * 1000) / state.elapsedMs))}/s` : '';
  const left = share !== undefined && share > 0 && share < 1 && state.elapsedMs > 1000 ? `${formatSpan((state.elapsedMs / share) * (1 - share))} left` : '';
  const tail = state.reason ?? [count, rate, left].filter(Boolean).join('  ');
  const bar = share === undefined || width < 70 ? '' : drawBar(share, colour);
  const plain = `  ${state.title.padEnd(20)} `;
  const room = Math.max(0, width - plain.length - (bar === '' ? 0 : BAR + 2));
  return `${plain}${bar === '' ? '' : `${bar}  `}${tail.slice(0, room)}`;
}

function drawBar(share: number, colour: boolean): string {
  const full = Math.round(share * BAR);
  const body = '━'.repeat(full);
  const rest = '─'.repeat(BAR - full);
  return colour ? `\u001B[36m${body}\u001B[0m\u001B[2m${rest}\u001B[0m` : `${body}${rest}`;
}
