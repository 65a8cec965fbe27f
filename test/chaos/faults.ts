/** What can go wrong, each to be switched on alone by `--only`. */
export const FAULTS = [
  // Between Ocrolus and us.
  'lost',
  'silent-books',
  'duplicated',
  'delayed',
  'reordered',
  'resigned',
  'webhook-down',
  'webhook-killed',
  // Ocrolus's API.
  'rate-limited',
  'server-error',
  'html',
  'timeout',
  'truncated',
  'error-in-body',
  'not-ready',
  'forbidden',
  'overload',
  'expired-token',
  // Our own side.
  'sqs-duplicates',
  'sqs-failures',
  'dynamodb-throttled',
  'dynamodb-failures',
  'bucket-failures',
  'consumers-killed',
  'poller-killed',
  'clock-skew',
] as const;

export type Fault = (typeof FAULTS)[number];

/** The faults that are switched on. */
export type FaultProfile = ReadonlySet<Fault>;

/** @throws Error for an unknown name. */
export function readProfile(only: readonly string[]): FaultProfile {
  const unknown = only.filter((name) => !FAULTS.some((fault) => fault === name));
  if (unknown.length > 0) throw new Error(`no fault ${unknown.join(', ')}; there are ${FAULTS.join(' ')}`);
  return new Set(only.length === 0 ? FAULTS : FAULTS.filter((fault) => only.includes(fault)));
}

/** How often each thing happened. */
export class Tally {
  readonly counts: Record<string, number> = {};

  add(name: string, count = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }
}
