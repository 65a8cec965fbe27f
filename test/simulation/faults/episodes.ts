import type { FaultProfile, PortFaults } from '../kernel/faults.ts';
import { HOUR, MINUTE } from '../ocrolus/random.ts';
import type { ServiceFaults } from '../system/core.ts';
import type { Switch } from '../world/switches.ts';

/** Parts of the faults that are in force. Where several set the same probability, the highest counts. */
export interface FaultSet {
  readonly ports?: Readonly<Record<string, Partial<PortFaults>>>;
  readonly index?: Partial<FaultProfile['index']>;
  readonly queue?: Partial<FaultProfile['queue']>;
  readonly pageItems?: number;
  readonly lateExisting?: number;
  readonly skewMs?: number;
  readonly api?: Partial<ServiceFaults['api']>;
  readonly delivery?: Partial<ServiceFaults['delivery']>;
  readonly killed?: Partial<ServiceFaults['killed']>;
}

/** Something that goes wrong for a while, in each run or in those with a switch. */
export interface Episode {
  readonly name: string;
  /** Shortest and longest duration in milliseconds. */
  readonly span: readonly [number, number];
  readonly faults: FaultSet;
  /** It makes no result late. Results may come late for an hour after the end of any other. */
  readonly isHarmless?: boolean;
  /** Only where this is switched on. */
  readonly only?: Switch;
}

/** What is wrong a little during the whole fault phase. */
export const BACKGROUND: FaultSet = {
  ports: {
    '*': { slow: 0.01, slowDelay: [100, 3000], lateAnswer: 0.02, onTheWire: 0.5 },
    table: { failBefore: 0.001, failAfter: 0.001, repeat: 0.001, dieBefore: 0.0002, dieAfter: 0.0002 },
    queue: { failBefore: 0.002, failAfter: 0.002, repeat: 0.002 },
    bodies: { failBefore: 0.002, failAfter: 0.002 },
    'bodies.compress': { failBefore: 0, failAfter: 0, repeat: 0 },
    secret: { failBefore: 0.02 },
    fetch: {
      delay: [5, 100],
      lateAnswer: 0.9,
      slow: 0.005,
      slowDelay: [1000, 40_000],
      failBefore: 0.003,
      failAfter: 0.003,
    },
  },
  index: { lag: [0, 1000], slow: 0.02, slowLag: [1000, 120_000] },
  queue: {
    receivedTwice: 0.002,
    undeleted: 0.001,
    reappearsAfter: [0, 60_000],
    partialBatch: 0.01,
    disorder: 5,
  },
  pageItems: 20,
  lateExisting: 0.2,
  skewMs: 2000,
  api: {
    serverError: 0.004,
    html: 0.001,
    empty: 0.001,
    truncated: 0.001,
    throttled: 0.002,
    expiredToken: 0.0005,
  },
  delivery: {
    lost: 0.02,
    duplicated: 0.02,
    delayed: 0.05,
    late: 0.005,
    wrongAccount: 0.005,
    answerLost: 0.01,
    refused: 0.01,
  },
  killed: { consumer: 0.002, webhook: 0.001, poller: 0.01 },
};

const episode = (
  name: string,
  span: Episode['span'],
  faults: FaultSet,
  more: Pick<Episode, 'isHarmless' | 'only'> = {},
): Episode => ({ name, span, faults, ...more });

/** Failures of the table. */
const table = (faults: Partial<PortFaults>): FaultSet => ({ ports: { table: faults } });

/** What becomes of deliveries makes no accepted one late. */
const OF_DELIVERIES: readonly Episode[] = [
  episode('lost', [6 * HOUR, 36 * HOUR], { delivery: { lost: 0.5 } }),
  episode('duplicated', [HOUR, 12 * HOUR], { delivery: { duplicated: 0.6, answerLost: 0.3 } }),
  episode('late', [HOUR, 24 * HOUR], { delivery: { delayed: 0.6, late: 0.15 } }),
  episode('wrong-account', [HOUR, 12 * HOUR], { delivery: { wrongAccount: 0.3 } }),
  episode('webhook-down', [10 * MINUTE, 3 * HOUR], { delivery: { refused: 0.8 } }),
  episode('webhook-killed', [10 * MINUTE, 3 * HOUR], { killed: { webhook: 0.4 } }),
];

const SHORT = [5 * MINUTE, HOUR] as const;
const HOURS = [2 * HOUR, 6 * HOUR] as const;
const OUTAGE = { only: 'aws-outages' } as const;

/**
 * What goes wrong badly for a while, each a few times in a run. A failure of AWS lasts an hour at most, and the twenty
 * receives of a message take longer, so none may end in a dead-letter queue: except where `aws-outages` is switched on.
 */
export const EPISODES: readonly Episode[] = [
  ...OF_DELIVERIES.map((one) => ({ ...one, isHarmless: true })),
  episode('rate-limited', [10 * MINUTE, 3 * HOUR], { api: { throttled: 0.4 } }),
  episode('overload', [MINUTE, 10 * MINUTE], { api: { throttled: 1 } }),
  episode('server-error', [10 * MINUTE, 6 * HOUR], { api: { serverError: 0.6 } }),
  episode('down', [HOUR, 12 * HOUR], { api: { serverError: 1 } }),
  episode('html', [10 * MINUTE, 3 * HOUR], { api: { html: 0.3, empty: 0.2 } }),
  episode('truncated', [10 * MINUTE, 3 * HOUR], { api: { truncated: 0.4 } }),
  episode('timeout', [10 * MINUTE, 2 * HOUR], {
    ports: { fetch: { slow: 0.4, slowDelay: [10_000, 90_000], failAfter: 0.1 } },
  }),
  episode('expired-token', [10 * MINUTE, 3 * HOUR], { api: { expiredToken: 0.3 } }),
  episode('sqs-failures', SHORT, {
    ports: { queue: { failBefore: 0.3, failAfter: 0.2 } },
    queue: { partialBatch: 0.5 },
  }),
  episode(
    'sqs-duplicates',
    [HOUR, 12 * HOUR],
    { queue: { receivedTwice: 0.2, undeleted: 0.2, disorder: 50 } },
    { isHarmless: true },
  ),
  episode('dynamodb-throttled', SHORT, table({ failBefore: 0.25 })),
  episode('dynamodb-failures', SHORT, table({ failBefore: 0.05, failAfter: 0.05, repeat: 0.1, slow: 0.2 })),
  episode('bucket-failures', SHORT, { ports: { bodies: { failBefore: 0.4, failAfter: 0.2 } } }),
  episode('secrets-failures', SHORT, { ports: { secret: { failBefore: 0.9 } } }),
  episode('consumers-killed', [10 * MINUTE, 2 * HOUR], {
    killed: { consumer: 0.3 },
    ...table({ dieBefore: 0.002, dieAfter: 0.002 }),
  }),
  episode('poller-killed', [HOUR, 12 * HOUR], { killed: { poller: 0.6 } }),
  episode('stale-index', [HOUR, 12 * HOUR], { index: { slow: 0.7, slowLag: [30_000, 900_000] } }),
  episode('dynamodb-down', HOURS, table({ failBefore: 0.9, slow: 0.2 }), OUTAGE),
  episode('dynamodb-throttled-for-hours', HOURS, table({ failBefore: 0.4 }), OUTAGE),
  episode('sqs-down', HOURS, { ports: { queue: { failBefore: 0.9, failAfter: 0.05 } } }, OUTAGE),
  episode(
    's3-down',
    HOURS,
    { ports: { bodies: { failBefore: 1 }, 'bodies.compress': { failBefore: 0 } } },
    OUTAGE,
  ),
  episode(
    'one-copy-dies',
    [HOUR, 6 * HOUR],
    { queue: { receivedTwice: 0.4, reappearsAfter: [0, 3000] }, killed: { consumer: 0.15 } },
    { only: 'copies' },
  ),
];
