declare module 'pino-roll' {
  /** A stream that turns over to a new file by size; the package ships no types. */
  export interface RollingStream {
    write(line: string): unknown;
    /** Writes what is left; `close` follows. */
    end(): void;
    on(event: 'error' | 'close', listener: () => void): this;
  }

  export default function roll(options: {
    readonly file: string;
    readonly extension?: string;
    readonly size?: string;
    readonly limit?: { readonly count: number; readonly removeOtherLogFiles?: boolean };
    readonly mkdir?: boolean;
  }): Promise<RollingStream>;
}
