import { Random } from '../kernel/random.ts';

/** Settings that are not the defaults. `deployments`: they change while the stage is in use. */
export const SETTINGS = [
  'policies',
  'poll-times',
  'rates',
  'quick-retries',
  'retention',
  'no-discovery',
  'discover-from',
  'accounts',
  'deployments',
] as const;

/** What goes wrong, or is unusual, besides what goes wrong in each run. */
export const FAULTS = [
  'later-version',
  'unreadable-items',
  'large-bodies',
  'replay',
  'backfill',
  'pause',
  'odd-list',
  'odd-answers',
  'failing-jobs',
  'passing-codes',
  'hidden-books',
  'lagging-api',
  'aws-outages',
  'clock-skew',
  'copies',
  'late-detect',
  'corrections',
  'classes',
  'strict-api',
] as const;

export type Switch = (typeof SETTINGS)[number] | (typeof FAULTS)[number];

export const SWITCHES: readonly Switch[] = [...SETTINGS, ...FAULTS];

/** How likely a setting is not the default in a seed that has such settings, and a fault in any seed. */
const SETTING_SHARE = 0.35;
const FAULT_SHARE = 0.25;

/**
 * What is switched on in the world of a seed: two seeds of three have settings that are not the defaults.
 *
 * @param isCalm nothing goes wrong: settings only.
 */
export function switchesOf(seed: number, isCalm: boolean): ReadonlySet<Switch> {
  const random = new Random(`${seed}/switches`);
  const settings = SETTINGS.filter(() => random.chance(SETTING_SHARE));
  const first = random.pick(SETTINGS);
  const faults = FAULTS.filter(() => random.chance(FAULT_SHARE));
  const isDefault = seed % 3 === 0;
  const chosen = isDefault ? [] : settings.length === 0 ? [first] : settings;
  return new Set<Switch>([...chosen, ...(isCalm ? [] : faults)]);
}
