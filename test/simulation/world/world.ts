import { BACKGROUND } from '../faults/episodes.ts';
import { Random } from '../kernel/random.ts';
import { booksFor } from '../ocrolus/life/arrivals.ts';
import {
  type AccountProfile,
  DEFAULT_PROFILE,
  KINDS,
  LARGE_BOOKS,
  type Profile,
  SMALL_BOOKS,
} from '../ocrolus/profile.ts';
import { DAY, SECOND } from '../ocrolus/random.ts';
import type { FaultPhase } from '../system/core.ts';
import { type Deployed, defaultStage, type Policy, type Stage } from '../system/settings.ts';
import { type Switch, switchesOf } from './switches.ts';

interface SettingsOptions extends FaultPhase {
  readonly accounts: readonly string[];
}

/** Of the kinds, how many have another policy than their default. */
const OTHER_POLICIES = 0.4;
const POLICIES: readonly Policy[] = ['always', 'announced', 'never'];

/** What is deployed when: at the start, and some times until things are quiet. */
function generateDeployments(options: SettingsOptions): [Deployed, ...Deployed[]] {
  const { switches, startAt, quietAt, random } = options;
  const first: Deployed = { at: startAt, stage: generateStage(options, 0), isLaterVersion: false };
  const changes = switches.has('deployments') || switches.has('accounts') || switches.has('later-version');
  const count = changes ? random.int(2, 5) : 0;
  const times = Array.from({ length: count }, () => random.int(startAt, quietAt - DAY / 2)).sort(
    (a, b) => a - b,
  );
  let { stage } = first;
  const later = times.map((at, index) => {
    if (switches.has('deployments') || switches.has('accounts'))
      stage = generateStage(options, (index + 1) / count);
    const isLaterVersion = switches.has('later-version') && index % 2 === 0;
    return { at, stage, isLaterVersion };
  });
  return [first, ...later];
}

/** @param progress from 0 for the first one to 1 for the last. */
function generateStage(options: SettingsOptions, progress: number): Stage {
  const { switches, random } = options;
  const stage = defaultStage(accountsAt(options, progress));
  const requestsPerSecond = switches.has('rates') ? random.int(3, 20) : stage.requestsPerSecond;
  const horizonDays = switches.has('poll-times') ? random.pick([20, 30, 45]) : stage.poll.horizonDays;
  return {
    ...stage,
    results: switches.has('policies') ? generatePolicies(random) : {},
    requestsPerSecond,
    heavyRequestsPerSecond: switches.has('rates') ? random.pick([0.3, 0.5, 1]) : 1,
    poll: {
      ...stage.poll,
      ...(switches.has('poll-times') && {
        minSeconds: random.pick([60, 120, 300, 900]),
        maxSeconds: random.pick([3600, 10_800, 21_600, 43_200]),
        graceSeconds: random.pick([60, 600, 1800]),
      }),
      horizonDays,
      requestsPerSecond: Math.max(1, Math.floor(requestsPerSecond / 2)),
      discover: !switches.has('no-discovery'),
      discoverFrom: switches.has('discover-from') ? discoverFrom(options) : undefined,
      quickRetrySeconds: switches.has('quick-retries')
        ? random.pick([[], [1], [5, 30, 60], [2, 2, 2, 2, 2]])
        : stage.poll.quickRetrySeconds,
    },
    retention: switches.has('retention')
      ? {
          results: horizonDays + random.int(0, 10),
          documents: random.chance(0.5) ? 400 : undefined,
          payloads: random.chance(0.5) ? 15 : undefined,
          ledger: random.int(15, 40),
        }
      : stage.retention,
  };
}

function generatePolicies(random: Random): Stage['results'] {
  const named = KINDS.filter(() => random.chance(OTHER_POLICIES));
  return Object.fromEntries(named.map((kind) => [kind, random.pick(POLICIES)]));
}

/** A later deployment adds the last account, and leaves out another one for a while. */
function accountsAt({ switches, accounts }: SettingsOptions, progress: number): readonly string[] {
  if (!switches.has('accounts')) return accounts;
  const [first] = accounts;
  const last = accounts.at(-1);
  const isMiddle = progress > 0 && progress < 1;
  return accounts.filter((name) => !(name === last && progress === 0) && !(name === first && isMiddle));
}

/** Books of the first fifth are not discovered. */
function discoverFrom({ startAt, quietAt }: SettingsOptions): string {
  return new Date(startAt + (quietAt - startAt) / 5).toISOString().slice(0, 10);
}

interface WorldOptions {
  readonly seed: number;
  readonly deliveries: number;
  readonly days: number;
  readonly isCalm: boolean;
  /** Exactly these; absent: what the seed chooses. */
  readonly switches?: readonly Switch[] | undefined;
  /** Unix milliseconds. */
  readonly startAt: number;
}

/** A list without pages is as long as all its books, in each run of the poller. */
const MOST_UNPAGED = 400;

/** Everything that a seed decides before the first event. */
export function worldOf(options: WorldOptions) {
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
    /** By how much the clock of a process may be wrong. */
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
      ...(switches.has('classes') && {
        classifyOnly: 0.3,
        isoWorkflow: 0.4,
        classUpgraded: 0.3,
        documentUpgraded: 0.6,
      }),
    },
  };
}

/** What only some accounts accept, which is found out by trying: 500 rows, halved three times, and twice. */
const STRICT: Readonly<Record<string, Partial<AccountProfile>>> = {
  alpha: { tokenFormat: 'form', mostRows: 62 },
  beta: { tokenFormat: 'basic' },
  gamma: { mostRows: 125 },
};

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
    ...(switches.has('strict-api') && STRICT[account.name]),
    ...(switches.has('odd-answers') && { repeatsPages: true, repeatsDocuments: true }),
  }));
}
