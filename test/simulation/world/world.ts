import { BACKGROUND } from '../faults/episodes.ts';
import { Random } from '../kernel/random.ts';
import { booksFor } from '../ocrolus/life/arrivals.ts';
import {
  type AccountProfile,
  DEFAULT_PROFILE,
  LARGE_BOOKS,
  type Profile,
  SMALL_BOOKS,
} from '../ocrolus/profile.ts';
import { DAY, SECOND } from '../ocrolus/random.ts';
import type { Deployed } from '../system/stage.ts';
import { generateDeployments } from './settings.ts';
import { type Switch, switchesOf } from './switches.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly deliveries: number;
  readonly days: number;
  readonly isCalm: boolean;
  /** Exactly these; absent: what the seed chooses. */
  readonly switches?: readonly Switch[] | undefined;
  /** Unix milliseconds. */
  readonly startAt: number;
}

/** Everything that a seed decides before the first event. */
export interface World {
  readonly switches: ReadonlySet<Switch>;
  readonly profile: Profile;
  readonly deployments: [Deployed, ...Deployed[]];
  /** By how much the clock of a process may be wrong. */
  readonly skewMs: number;
  readonly quietAt: number;
}

/** A list without pages is as long as all its books, in each run of the poller. */
const MOST_UNPAGED = 400;

export function worldOf(options: WorldOptions): World {
  const { seed, days, isCalm, startAt } = options;
  const switches = new Set(options.switches ?? switchesOf(seed, isCalm));
  const quietAt = startAt + days * DAY;
  const profile = profileOf(options, switches);
  const random = new Random(`${seed}/settings`);
  const accounts = profile.accounts.map(({ name }) => name);
  const skewMs = switches.has('clock-skew') ? 10 * SECOND : (BACKGROUND.skewMs ?? 0);
  return {
    switches,
    profile,
    deployments: generateDeployments({ switches, accounts, startAt, quietAt, random }),
    skewMs: isCalm ? 0 : skewMs,
    quietAt,
  };
}

/** Odd seeds have many small books, even ones fewer large ones. */
function profileOf({ seed, deliveries, days }: WorldOptions, switches: ReadonlySet<Switch>): Profile {
  const documents = seed % 2 === 0 ? LARGE_BOOKS : SMALL_BOOKS;
  const giants = deliveries >= 20_000 ? Math.max(1, Math.round(deliveries / 100_000)) : 0;
  const ordinary = Math.max(100, deliveries - giants * 4 * 1150);
  const books = booksFor(ordinary, documents);
  const share = (name: Switch, value: number) => (switches.has(name) ? value : 0);
  return {
    ...DEFAULT_PROFILE,
    accounts: accountsOf(switches, books),
    books,
    documents,
    arrivalMs: days * 0.7 * DAY,
    giants,
    giantDocuments: { least: 300, most: 2000 },
    changesMs: days * DAY,
    lags: switches.has('lagging-api'),
    // The limit of an organization (docs/ocrolus.md#rate-limit).
    callsPerSecond: 20,
    shares: {
      ...DEFAULT_PROFILE.shares,
      corrected: share('corrections', 0.3),
      failingJob: share('failing-jobs', 0.1),
      passingCode: share('passing-codes', 0.1),
      lateListed: share('odd-list', 0.15),
      lateDetect: share('late-detect', 0.05),
      largeDocument: share('large-bodies', 0.02),
      padded: share('large-bodies', 0.005),
      ...(switches.has('odd-list') && { bookDeleted: 0.1 }),
    },
  };
}

/** Another account comes with the settings; odd answers and lists are the habit of one account. */
function accountsOf(switches: ReadonlySet<Switch>, books: number): readonly AccountProfile[] {
  const { accounts } = DEFAULT_PROFILE;
  const delta: AccountProfile = { name: 'delta', vocabulary: 'mixed' };
  const all = switches.has('accounts') ? [...accounts, delta] : accounts;
  return all.map((account) => ({
    ...account,
    ...(switches.has('odd-list') &&
      account.name === 'gamma' &&
      books <= MOST_UNPAGED && { listShape: 'whole' as const }),
    ...(switches.has('odd-answers') && { repeatsPages: true, repeatsDocuments: true }),
  }));
}
