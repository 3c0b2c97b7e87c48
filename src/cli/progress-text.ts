import { formatBytes, formatCount } from '../base/bytes.ts';
import { formatSpan } from '../base/dates.ts';
import type { Clock } from '../base/clock.ts';
import type { Phase, Progress, Waiting } from '../base/progress.ts';
import { printable } from './printable.ts';

/** A stream that may be a terminal; process.stderr is one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Widths of the bar; the widest that leaves room for the words. */
const BARS = [24, 16, 8] as const;
/** Width of a phase's title. */
const TITLE = 20;
/** A phase that took this long leaves a line behind, in ms. */
const WORTH_A_LINE_MS = 1000;
/** A wait this long is told of even when the one before had the same reason, in ms. */
const WORTH_ANOTHER_LINE_MS = 10_000;
/** Redraw at most this often, in ms. */
const REDRAW_MS = 80;

type Unit = Parameters<Progress['phase']>[2];

/**
 * Progress as text: a live line a phase on a terminal, a line when a phase ends or waits elsewhere. `live: false` is for
 * terminals that can't draw over a line.
 */
export function textProgress(
  screen: Screen,
  clock: Clock,
  style: { readonly colour: boolean; readonly live?: boolean },
): Progress {
  if (screen.isTTY !== true || style.live === false) {
    return {
      note: (message) => screen.write(`${printable(message)}\n`),
      phase: (title, _total, unit) => plainPhase(screen, clock, title, unit),
    };
  }
  const line = liveLine(screen);
  return {
    note(message) {
      line.clear();
      screen.write(`${printable(message)}\n`);
    },
    phase: (title, total, unit) => livePhase(line, clock, { title, total, unit, colour: style.colour }),
  };
}

/** The last line of a terminal, drawn over and over. */
interface LiveLine {
  draw(textOf: (width: number) => string): void;
  clear(): void;
  /** Leaves a line above what is drawn next. */
  keep(text: string): void;
}

function liveLine(screen: Screen): LiveLine {
  let isDrawn = false;
  const clear = (): void => {
    if (isDrawn) screen.write('\r\u001B[K');
    isDrawn = false;
  };
  return {
    clear,
    keep(text) {
      clear();
      screen.write(`${text.slice(0, (screen.columns ?? 80) - 1)}\n`);
    },
    draw(textOf) {
      clear();
      screen.write(textOf((screen.columns ?? 80) - 1));
      isDrawn = true;
    },
  };
}

function livePhase(
  line: LiveLine,
  clock: Clock,
  about: Pick<PhaseState, 'title' | 'total' | 'unit'> & { readonly colour: boolean },
): Phase {
  const startedAt = clock.now();
  let done = 0;
  let wait: Waiting | undefined;
  let shown: string | undefined;
  let parts: readonly string[] = [];
  let lastDraw = startedAt;
  const draw = (): void => {
    lastDraw = clock.now();
    shown = waitText(wait, lastDraw);
    line.draw((width) =>
      phaseLine(
        { ...about, done, reason: shown, parts, elapsedMs: lastDraw - startedAt },
        width,
        about.colour,
      ),
    );
  };
  draw();
  return {
    advance(more) {
      done += more;
      if (clock.now() - lastDraw >= REDRAW_MS) draw();
    },
    waiting(now) {
      wait = now;
      if (waitText(wait, clock.now()) !== shown) draw();
    },
    about(now) {
      parts = now;
    },
    end() {
      const tookMs = clock.now() - startedAt;
      line.clear();
      if (done > 0 && tookMs >= WORTH_A_LINE_MS)
        line.keep(`  ${about.title.padEnd(TITLE)} ${amountOf(done, about.unit)} in ${formatSpan(tookMs)}`);
    },
  };
}

/** Where nobody watches, for example in the log of cron. */
function plainPhase(screen: Screen, clock: Clock, title: string, unit: Unit): Phase {
  const startedAt = clock.now();
  let done = 0;
  let last: Waiting | undefined;
  return {
    advance(more) {
      done += more;
    },
    waiting(wait) {
      if (wait === undefined || wait === last) return;
      const now = clock.now();
      // Once for each reason: a slow pace is a thousand short waits.
      const isNews = wait.reason !== last?.reason || wait.until - now >= WORTH_ANOTHER_LINE_MS;
      last = wait;
      if (isNews) screen.write(`${title}: ${printable(waitText(wait, now) ?? '')}\n`);
    },
    end() {
      if (done > 0)
        screen.write(`${title}: ${amountOf(done, unit)} in ${formatSpan(clock.now() - startedAt)}\n`);
    },
  };
}

function waitText(wait: Waiting | undefined, now: number): string | undefined {
  if (wait === undefined) return undefined;
  return `waiting ${Math.max(1, Math.ceil((wait.until - now) / 1000))} s: ${wait.reason}`;
}

interface PhaseState {
  readonly title: string;
  readonly total: number | undefined;
  readonly unit: Unit;
  readonly done: number;
  readonly reason: string | undefined;
  /** What is under way; as many are told as there is room for. */
  readonly parts?: readonly string[];
  readonly elapsedMs: number;
}

/** One line of at most `width` characters: title, bar, count, rate, time left, and why it waits. */
export function phaseLine(state: PhaseState, width: number, colour: boolean): string {
  const amount = state.unit === 'bytes' ? formatBytes : formatCount;
  const share =
    state.total === undefined || state.total === 0 ? undefined : Math.min(1, state.done / state.total);
  const count =
    state.total === undefined
      ? amountOf(state.done, state.unit)
      : `${amount(state.done)} of ${amountOf(state.total, state.unit)}`;
  const rate =
    state.elapsedMs > 1000 && state.done > 0
      ? `${amount(Math.round((state.done * 1000) / state.elapsedMs))}/s`
      : '';
  const left =
    share !== undefined && share > 0 && share < 1 && state.elapsedMs > 1000
      ? `${formatSpan((state.elapsedMs / share) * (1 - share))} left`
      : '';
  const tail =
    state.reason === undefined
      ? [count, rate, left].filter(Boolean).join('  ')
      : `${count}  ${printable(state.reason).replace(/\s+/g, ' ')}`;
  const plain = `  ${state.title.padEnd(TITLE)} `;
  const room = Math.max(0, width - plain.length);
  const size =
    share === undefined || width < 70 ? undefined : BARS.find((each) => each + 2 + tail.length <= room);
  if (share === undefined || size === undefined) return `${plain}${withParts(tail, state.parts, room)}`;
  return `${plain}${drawBar(share, size, colour)}  ${withParts(tail, state.parts, room - size - 2)}`;
}

function withParts(tail: string, parts: readonly string[] = [], room: number): string {
  let text = tail.slice(0, room);
  for (const part of parts) {
    const more = `${text}  ${printable(part).replace(/\s+/g, ' ')}`;
    if (more.length > room) break;
    text = more;
  }
  return text;
}

function amountOf(amount: number, unit: Unit): string {
  if (unit === 'bytes') return formatBytes(amount);
  return `${formatCount(amount)} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

function drawBar(share: number, size: number, colour: boolean): string {
  const full = Math.round(share * size);
  const body = '━'.repeat(full);
  const rest = '─'.repeat(size - full);
  return colour ? `\u001B[36m${body}\u001B[0m\u001B[2m${rest}\u001B[0m` : `${body}${rest}`;
}
