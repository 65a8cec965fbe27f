import type { Random } from '../kernel/random.ts';
import { KINDS } from '../ocrolus/profile.ts';
import { DAY } from '../ocrolus/random.ts';
import { type Deployed, defaultStage, type Policy, type Stage } from '../system/stage.ts';
import type { Switch } from './switches.ts';

export interface SettingsOptions {
  readonly switches: ReadonlySet<Switch>;
  readonly accounts: readonly string[];
  /** Unix milliseconds. */
  readonly startAt: number;
  readonly quietAt: number;
  readonly random: Random;
}

/** Of the kinds, how many have another policy than their default. */
const OTHER_POLICIES = 0.4;
const POLICIES: readonly Policy[] = ['always', 'announced', 'never'];

/** What is deployed when: at the start, and some times until things are quiet. */
export function generateDeployments(options: SettingsOptions): [Deployed, ...Deployed[]] {
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
  const { switches, random, accounts } = options;
  const stage = defaultStage(accountsAt(options, progress));
  const requestsPerSecond = switches.has('rates') ? random.int(3, 20) : stage.requestsPerSecond;
  const horizonDays = switches.has('poll-times') ? random.pick([20, 30, 45]) : stage.poll.horizonDays;
  return {
    ...stage,
    accounts: accountsAt(options, progress).filter((name) => accounts.includes(name)),
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
