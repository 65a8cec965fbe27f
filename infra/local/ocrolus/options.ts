import { setTimeout } from 'node:timers/promises';
import { type BookFiles, NO_FILES } from './state/book-files.ts';
import type { Vocabulary } from './webhooks/events.ts';

/** Every setting of the simulator. Where docs/ocrolus.md has two answers, a setting chooses. */
export interface SimulatorOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** An account-level webhook for every event, as if registered in the Dashboard. `setWebhook` sets it later. */
  readonly webhookUrl: string | undefined;
  /** 16 to 128 characters. Deliveries are unsigned without it, as the real ones are. */
  readonly webhookSecret: string | undefined;
  /** Which names are announced, unless a call says otherwise. */
  readonly vocabulary: Vocabulary;
  /** All API calls together, per sliding second (docs/ocrolus.md#rate-limit). */
  readonly requestsPerSecond: number;
  /** The heavy analytics calls together, per sliding second. */
  readonly heavyRequestsPerSecond: number;
  /** Life of a token, in seconds. */
  readonly tokenSeconds: number;
  /** How a bad token is answered: HTTP 401, or HTTP 400 with code 1200. Both are documented. */
  readonly tokenError: '401' | '400/1200';
  /** HTTP status of v1 errors: their own, or 200 with the error in the body (docs/ocrolus.md#effective-status). */
  readonly envelopes: 'http' | 'body';
  /** Book list: an object when `limit` is given, or always an array (docs/ocrolus.md#book-list). */
  readonly listShape: 'by-limit' | 'array';
  /**
   * Which uuid of a document that was split from a mixed one gives its forms and pay stubs
   * (docs/ocrolus.md#document-ids).
   */
  readonly formsBy: 'doc_uuid' | 'any-uuid';
  /** What `total` of enriched transactions counts: the book's rows, or the page's as in the vendor's example. */
  readonly enrichedTotals: 'book' | 'page';
  /** How Book summary refuses more than 100,000 transactions; both are documented. */
  readonly tooManyTransactions: 422 | 400;
  /** A product of its own, which an organization may lack: then it is 400/1200. */
  readonly hasRiskScore: boolean;
  /** Attempts are this far apart, in milliseconds. */
  readonly retryDelayMs: number;
  /** An attempt without an answer is given up after this time, in milliseconds (docs/ocrolus.md#response-time). */
  readonly deliveryTimeoutMs: number;
  /** Attempts under way at a time: a real sender has its limits too, and nobody knows Ocrolus's. */
  readonly attemptsAtOnce: number;
  /** Nobody knows whether a retry keeps its request id and its timestamp. */
  readonly retryRequestId: 'same' | 'new';
  readonly retryTimestamp: 'same' | 'new';
  /** Whether ANALYTICS_COMPLETED and MIDDESK_VERIFIED carry the id of what they announce: not evidenced. */
  readonly announceRequestIds: boolean;
  /** An asynchronous v2 job is PENDING for this time, in milliseconds. */
  readonly jobMs: number;
  /** Keeps books across restarts. Registrations, jobs, tokens and deliveries are in memory only. */
  readonly bookFiles: BookFiles;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after the given milliseconds, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Source of uuids and of chance, in [0, 1): `seeded(n)` and a fixed clock repeat a run exactly. */
  readonly random: () => number;
}

const DEFAULTS = {
  port: 0,
  clientId: 'simulator-client',
  clientSecret: 'simulator-client-secret',
  webhookUrl: undefined,
  webhookSecret: undefined,
  vocabulary: 'legacy',
  requestsPerSecond: 20,
  heavyRequestsPerSecond: 1,
  tokenSeconds: 86_400,
  tokenError: '401',
  envelopes: 'http',
  listShape: 'by-limit',
  formsBy: 'doc_uuid',
  enrichedTotals: 'book',
  tooManyTransactions: 422,
  hasRiskScore: true,
  retryDelayMs: 180_000,
  deliveryTimeoutMs: 5_000,
  attemptsAtOnce: 256,
  retryRequestId: 'same',
  retryTimestamp: 'new',
  announceRequestIds: true,
  jobMs: 0,
  bookFiles: NO_FILES,
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
  random: Math.random,
} as const satisfies SimulatorOptions;

export function withDefaults(options: Partial<SimulatorOptions>): SimulatorOptions {
  return { ...DEFAULTS, ...options };
}
