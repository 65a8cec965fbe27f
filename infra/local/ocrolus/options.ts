import { setTimeout } from 'node:timers/promises';
import { type BookJournal, NO_JOURNAL } from './journal.ts';
import type { AccountHabits, Vocabulary } from './model/book.ts';
import type { OrganizationAccess } from './webhooks/registrations.ts';

/** Every setting of the simulator. Where docs/ocrolus.md has two answers, a setting chooses. */
const DEFAULTS = {
  /** 0 takes a free port. */
  port: 0,
  clientId: 'simulator-client',
  clientSecret: 'simulator-client-secret',
  /** Names of announced events, unless a call says otherwise. */
  vocabulary: 'legacy' as Vocabulary,
  /** Variants of answers that the account gets. */
  habits: {} as Partial<Omit<AccountHabits, 'name'>>,
  /** What the API may do with webhooks of the organization. */
  organization: 'open' as OrganizationAccess,
  /** All API calls together, per sliding second (docs/ocrolus.md#rate-limit). */
  requestsPerSecond: 20,
  /** The heavy analytics calls together, per sliding second. */
  heavyRequestsPerSecond: 1,
  /** Life of a token, in seconds. */
  tokenSeconds: 86_400,
  /** Attempts are this far apart, in milliseconds. */
  retryDelayMs: 180_000,
  /** An attempt without an answer is given up after this time, in milliseconds (docs/ocrolus.md#response-time). */
  deliveryTimeoutMs: 5_000,
  /** Maximum number of attempts under way; Ocrolus's own limit is not documented. */
  attemptsAtOnce: 256,
  /** Whether a retry keeps its request id, which Ocrolus does not document. */
  retryRequestId: 'same' as 'same' | 'new',
  /** An asynchronous v2 job is PENDING for this time, in milliseconds. */
  jobMs: 0,
  /** Keeps books across restarts. Registrations, jobs, tokens and deliveries are in memory only. */
  journal: NO_JOURNAL as BookJournal,
  /** Milliseconds since the epoch. */
  now: Date.now as () => number,
  /** Resolves after the given milliseconds, or rejects when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal): Promise<unknown> => setTimeout(ms, undefined, { signal }),
  /** Source of uuids and of chance, in [0, 1): `seeded(n)` and a fixed clock repeat a run exactly. */
  random: Math.random as () => number,
};

export type SimulatorOptions = Readonly<typeof DEFAULTS>;

export function withDefaults(options: Partial<SimulatorOptions>): SimulatorOptions {
  return { ...DEFAULTS, ...options };
}
