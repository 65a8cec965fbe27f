import { Failure } from '../../../shared/failure.ts';
import type { Random } from './random.ts';

type Range = readonly [min: number, max: number];

/** What can happen to one call of a port. The probabilities add up to at most 1; the rest succeeds. */
export interface PortFaults {
  /** Virtual milliseconds until the effect. */
  readonly delay: Range;
  /** Probability of `slowDelay` in place of `delay`. */
  readonly slow: number;
  readonly slowDelay: Range;
  /** Probability that the answer takes another delay after the effect. */
  readonly lateAnswer: number;
  /** The caller gets an error, and nothing has happened. */
  readonly failBefore: number;
  /** The caller gets an error, but the effect has happened. */
  readonly failAfter: number;
  /** The effect happens twice, and the caller gets the second answer: an SDK that repeats its own applied write. */
  readonly repeat: number;
  readonly dieBefore: number;
  readonly dieAfter: number;
  /** Probability that a call which is on its way when its actor dies is carried out. */
  readonly onTheWire: number;
  readonly error: (port: string, moment: 'before' | 'after', random: Random) => unknown;
}

/** How a row of the index lags behind the table. */
interface IndexFaults {
  /** Virtual milliseconds. */
  readonly lag: Range;
  /** Probability of `slowLag` in place of `lag`. */
  readonly slow: number;
  readonly slowLag: Range;
}

export interface QueueFaults {
  /** Probability that a message stays receivable while it is being processed. */
  readonly receivedTwice: number;
  /** Probability that a deleted message is delivered again (AWS: at-least-once delivery). */
  readonly undeleted: number;
  /** Virtual milliseconds after which such a message can be received again. */
  readonly reappearsAfter: Range;
  /** Probability that a batch is accepted in part only. */
  readonly partialBatch: number;
  /** A message is received before up to so many older ones. */
  readonly disorder: number;
}

export interface FaultProfile {
  /** By port (`table.put`), by the part before the dot (`table`), or `*` for all. The more exact one wins. */
  readonly ports: Readonly<Record<string, Partial<PortFaults>>>;
  readonly index: IndexFaults;
  readonly queue: QueueFaults;
  /** Items in one page of a query; between two pages others can write. */
  readonly pageItems: number;
  /** Probability that what made a condition fail is read by a request of its own, as `openTable` does. */
  readonly lateExisting: number;
}

type Decision = 'ok' | 'failBefore' | 'failAfter' | 'repeat' | 'dieBefore' | 'dieAfter';

const NO_PORT_FAULTS: PortFaults = {
  delay: [1, 5],
  slow: 0,
  slowDelay: [100, 3000],
  lateAnswer: 0,
  failBefore: 0,
  failAfter: 0,
  repeat: 0,
  dieBefore: 0,
  dieAfter: 0,
  onTheWire: 0,
  error: simulatedError,
};

/** Everything works, in an order that the seed decides. */
export const QUIET: FaultProfile = {
  ports: {},
  index: { lag: [0, 20], slow: 0, slowLag: [1000, 60_000] },
  queue: { receivedTwice: 0, undeleted: 0, reappearsAfter: [0, 60_000], partialBatch: 0, disorder: 1 },
  pageItems: Number.POSITIVE_INFINITY,
  lateExisting: 0,
};

/** The faults that are in force, which change with the time of the simulation. */
export class Faults {
  #profile: FaultProfile;
  #byPort = new Map<string, PortFaults>();

  constructor(profile: FaultProfile) {
    this.#profile = profile;
  }

  get profile(): FaultProfile {
    return this.#profile;
  }

  /** From now on; calls on their way keep what was decided for them. */
  use(profile: FaultProfile): void {
    this.#profile = profile;
    this.#byPort = new Map();
  }

  of(port: string): PortFaults {
    let faults = this.#byPort.get(port);
    if (faults === undefined) {
      const { ports } = this.#profile;
      const [family = port] = port.split('.');
      faults = { ...NO_PORT_FAULTS, ...ports['*'], ...ports[family], ...ports[port] };
      this.#byPort.set(port, faults);
    }
    return faults;
  }
}

const FAULTS = ['failBefore', 'failAfter', 'repeat', 'dieBefore', 'dieAfter'] as const;

/** What happens to a call: one draw decides. */
export function decide(faults: PortFaults, random: Random): Decision {
  let rest = random.float();
  for (const fault of FAULTS) {
    rest -= faults[fault];
    if (rest < 0) return fault;
  }
  return 'ok';
}

/** Virtual milliseconds until an effect. */
export function decideDelay(faults: PortFaults, random: Random): number {
  return random.within(random.chance(faults.slow) ? faults.slowDelay : faults.delay);
}

/** What the real port throws when AWS refuses, or does not answer in time. */
function simulatedError(port: string, moment: 'before' | 'after', random: Random): unknown {
  const isRefused = moment === 'before' && random.chance(0.5);
  if (isRefused && port.startsWith('table.')) {
    return new Failure('retry', 'dynamodb-throttled', { cause: awsError('ThrottlingException', port) });
  }
  return awsError(isRefused ? 'ServiceUnavailable' : 'TimeoutError', port);
}

/** An error with the name that the AWS SDK gives to it. */
export function awsError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
