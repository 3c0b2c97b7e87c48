/** A wait, and when it ends. */
export interface Waiting {
  /** A part of a sentence: `the site asks for a pause`. */
  readonly reason: string;
  /** Epoch ms. */
  readonly until: number;
}

/** One phase of a run as it goes on; a printer decides how it looks. */
export interface Phase {
  /** `done` more units are finished. */
  advance(done: number): void;
  /** Why nothing moves just now; the same again when a second has passed; `undefined` when it moves again. */
  waiting(wait: Waiting | undefined): void;
  /** What is under way just now, each in a few words, for example a file and how much of it is there. */
  about?(parts: readonly string[]): void;
  end(): void;
}

/** What a verb tells while it works. */
export interface Progress {
  /** Opens a phase. `total` in `unit`; `undefined` when not known beforehand. */
  phase(
    title: string,
    total: number | undefined,
    unit: 'files' | 'bytes' | 'models' | 'answers' | 'images' | 'pages',
  ): Phase;
  /** A sentence worth keeping on the screen. */
  note(message: string): void;
}

/** Says nothing. */
export const silentProgress: Progress = {
  phase: () => ({ advance() {}, waiting() {}, end() {} }),
  note() {},
};
