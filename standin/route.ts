import type { Readable } from 'node:stream';
import type { World } from './world/types.ts';

/** Who asks, when the key is a good one. */
export interface Session {
  readonly userId: number;
  readonly username: string;
  /** Moderators see what is not published. */
  readonly moderator: boolean;
}

/** One request, read and understood. */
export interface Ask {
  readonly method: string;
  readonly url: URL;
  readonly query: URLSearchParams;
  /** Values of the pattern's `:names`, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Parsed JSON body; `undefined` when there was none, none that parses, or no JSON content type. */
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch ms of the world's clock. */
  readonly now: number;
  readonly world: World;
  /** `undefined` for nobody and for a bad key alike. */
  readonly session: Session | undefined;
  /** Scheme, host and port the client spoke to, for links: `http://127.0.0.1:4000`. */
  readonly origin: string;
  /** The endpoint's name, as counted. */
  readonly endpoint: string;
}

/** What to send back. Exactly one of json, text, bytes, stream; none for an empty body. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; they win over what the access class would send. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  /** More bytes after `bytes`, shared by many answers so that they need not be copied. */
  readonly tail?: Uint8Array;
  readonly stream?: Readable;
}

/** One line of the server's table. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/api/v1/models/:id`; a name takes one segment, `:rest*` the remainder. Fixed segments win over names. */
  readonly pattern: string;
  /** Name under which requests are counted and faults are switched on: `models`, `model-versions/by-hash`, `media`. */
  readonly endpoint: string;
  /** Section 1.2 of the API notes: who may ask, and what the cache headers become. `none`: no wrapper at all. */
  readonly access: 'public' | 'mixed' | 'authed' | 'none';
  /** Seconds the edge may keep it when the route says other than the class; 0 never. */
  readonly edge?: { readonly fresh: number; readonly stale: number };
  respond(ask: Ask): Answer | Promise<Answer>;
}

/** Something that goes wrong with one request. Several may come together; they happen in this order. */
export type Fault =
  /** Waits before anything is sent. Real ms. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Sends this instead of asking the route: 429, 5xx, an HTML challenge. */
  | { readonly kind: 'instead'; readonly answer: Answer }
  /** Closes the connection without a word. */
  | { readonly kind: 'reset' }
  /** Promises the whole length, sends this share (0–1) of it, closes the connection. */
  | { readonly kind: 'truncate'; readonly share: number }
  /** Promises so many bytes more than are sent (negative: fewer). */
  | { readonly kind: 'length'; readonly difference: number }
  /** Sends other bytes of the right length and type. */
  | { readonly kind: 'bytes' }
  /** Sends the body so many bytes a second, a little at a time. */
  | { readonly kind: 'trickle'; readonly bytesPerSecond: number };

/** Decides which requests fail and how. Made from options and a seed; see faults.ts. */
export interface FaultPlan {
  /** Called once for each request, before the route. */
  before(ask: Ask): readonly Fault[];
  /** Begins the plan anew, with the same chances. */
  reset(): void;
}

/** What left the server, for those who watch. */
export interface Sent {
  readonly status: number;
  /** Bytes of the body that were sent. */
  readonly bytes: number;
  readonly fromEdge: boolean;
  /** When its head left, real epoch ms: whoever asks for a pause asks from then on, however long the body takes. */
  readonly headAt: number;
  /** Headers of the answer, names in lower case; empty when the connection broke first. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Watches how a client behaves; see manners.ts. */
export interface Manners {
  /** Called when the request was read. `at` is real epoch ms: pace is judged in real time. */
  begun(ask: Ask, at: number): void;
  /** Called when the answer was sent or the connection broke. */
  ended(ask: Ask, sent: Sent): void;
  /** Sentences, one for each kind of misbehaviour seen. */
  problems(): readonly string[];
  reset(): void;
}

/** An answer in JSON. */
export function json(status: number, value: unknown, headers?: Readonly<Record<string, string>>): Answer {
  return headers === undefined ? { status, json: value } : { status, json: value, headers };
}

/** The site's commonest error body, `{error: "…"}`. */
export function failure(status: number, message: string, headers?: Readonly<Record<string, string>>): Answer {
  return json(status, { error: message }, headers);
}
