import { Failure } from '../../../shared/failure.ts';
import type { Random } from './random.ts';

type Range = readonly [min: number, max: number];

/** What can happen to one call of a port. The probabilities add up to at most 1; the rest succeeds. */
const NO_PORT_FAULTS = {
  /** Virtual milliseconds until the effect. */
  delay: [1, 5] as Range,
  /** Probability of `slowDelay` in place of `delay`. */
  slow: 0,
  slowDelay: [100, 3000] as Range,
  /** Probability that the answer takes another delay after the effect. */
  lateAnswer: 0,
  /** The caller gets an error, and nothing has happened. */
  failBefore: 0,
  /** The caller gets an error, but the effect has happened. */
  failAfter: 0,
  /** The effect happens twice, and the caller gets the second answer: an SDK that repeats its own applied write. */
  repeat: 0,
  dieBefore: 0,
  dieAfter: 0,
  /** Probability that a call which is on its way when its actor dies is carried out. */
  onTheWire: 0,
};

export type PortFaults = Readonly<typeof NO_PORT_FAULTS>;

/** Everything works, in an order that the seed decides. */
export const QUIET = {
  /** By port (`table.put`), by the part before the dot (`table`), or `*` for all. The more exact one wins. */
  ports: {} as Readonly<Record<string, Partial<PortFaults>>>,
  /** How a row of the index lags behind the table, in virtual milliseconds; `slow`: the probability of `slowLag`. */
  index: { lag: [0, 20] as Range, slow: 0, slowLag: [1000, 60_000] as Range },
  queue: {
    /** Probability that a message stays receivable while it is being processed. */
    receivedTwice: 0,
    /** Probability that a deleted message is delivered again (AWS: at-least-once delivery). */
    undeleted: 0,
    /** Virtual milliseconds after which such a message can be received again. */
    reappearsAfter: [0, 60_000] as Range,
    /** Probability that a batch is accepted in part only. */
    partialBatch: 0,
    /** A message is received before up to so many older ones. */
    disorder: 1,
  },
  /** Items in one page of a query; between two pages others can write. */
  pageItems: Number.POSITIVE_INFINITY,
  /** Probability that what made a condition fail is read by a request of its own, as `openTable` does. */
  lateExisting: 0,
};

export type FaultProfile = Readonly<typeof QUIET>;

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
export function decide(faults: PortFaults, random: Random): (typeof FAULTS)[number] | 'ok' {
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
export function simulatedError(port: string, moment: 'before' | 'after', random: Random): unknown {
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
