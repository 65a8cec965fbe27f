import type { Hono } from 'hono';
import type { Reader } from '../../shared/store/reader.ts';

/** Words of an address after `?`. */
export type Query = Readonly<Record<string, string>>;

/** What the console shows: the local stack, or a deployed stage. Except for `routes`, everything only reads. */
export interface ConsoleSource {
  readonly reader: Pick<Reader, 'resultStream'>;
  /** Minimum number of milliseconds between two snapshots. */
  readonly everyMs: number;
  /** State of the stack. Called only while a browser listens. */
  snapshot(): Promise<object>;
  /** A page of deliveries, newest first. @throws Error for a wrong query. */
  deliveries(query: Query, signal: AbortSignal): Promise<object>;
  /** @returns `undefined` if there is none. */
  delivery(id: string, query: Query, signal: AbortSignal): Promise<object | undefined>;
  /** @returns `undefined` if nothing is known of it. */
  book(id: string): Promise<object | undefined>;
  readonly channels: readonly string[];
  /** Messages in the dead-letter queue of a channel, oldest first. */
  deadLetters(channel: string, signal: AbortSignal): Promise<object>;
  /** Sentences about an id that is not found. */
  readonly unknown: { readonly delivery: string; readonly book: string };
  /** What only this source has, below `/api`. */
  readonly routes: Hono;
  close(): void;
}
