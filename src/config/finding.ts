/** Something to say about a place of a configuration, before it has a line. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** What to do. */
  readonly next?: string | undefined;
}

/** Something to say about a configuration. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  /** Keys joined by dots, empty for the document. */
  readonly key: string;
  readonly message: string;
  /** What to do. */
  readonly next?: string | undefined;
}
