import { setTimeout } from 'node:timers/promises';
import { type BookJournal, NO_JOURNAL } from './journal.ts';
import type { AccountHabits, Vocabulary } from './model/book.ts';

/** Every setting of the simulator. Where docs/ocrolus.md has two answers, a setting chooses. */
export interface SimulatorOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Names of announced events, unless a call says otherwise. */
  readonly vocabulary: Vocabulary;
  /** Variants of answers that the account gets. */
  readonly habits: Partial<Omit<AccountHabits, 'name'>>;
  /** All API calls together, per sliding second (docs/ocrolus.md#rate-limit). */
  readonly requestsPerSecond: number;
  /** The heavy analytics calls together, per sliding second. */
  readonly heavyRequestsPerSecond: number;
  /** Life of a token, in seconds. */
  readonly tokenSeconds: number;
  /** Attempts are this far apart, in milliseconds. */
  readonly retryDelayMs: number;
  /** An attempt without an answer is given up after this time, in milliseconds (docs/ocrolus.md#response-time). */
  readonly deliveryTimeoutMs: number;
  /** Maximum number of attempts under way; Ocrolus's own limit is not documented. */
  readonly attemptsAtOnce: number;
  /** Whether a retry keeps its request id, which Ocrolus does not document. */
  readonly retryRequestId: 'same' | 'new';
  /** An asynchronous v2 job is PENDING for this time, in milliseconds. */
  readonly jobMs: number;
  /** Keeps books across restarts. Registrations, jobs, tokens and deliveries are in memory only. */
  readonly journal: BookJournal;
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
  vocabulary: 'legacy',
  habits: {},
  requestsPerSecond: 20,
  heavyRequestsPerSecond: 1,
  tokenSeconds: 86_400,
  retryDelayMs: 180_000,
  deliveryTimeoutMs: 5_000,
  attemptsAtOnce: 256,
  retryRequestId: 'same',
  jobMs: 0,
  journal: NO_JOURNAL,
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
  random: Math.random,
} as const satisfies SimulatorOptions;

export function withDefaults(options: Partial<SimulatorOptions>): SimulatorOptions {
  return { ...DEFAULTS, ...options };
}
