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

/** What becomes of deliveries makes no accepted one late. */
const OF_DELIVERIES: readonly Episode[] = [
  { name: 'lost', span: [6 * HOUR, 36 * HOUR], faults: { delivery: { lost: 0.5 } } },
  { name: 'duplicated', span: [HOUR, 12 * HOUR], faults: { delivery: { duplicated: 0.6, answerLost: 0.3 } } },
  { name: 'late', span: [HOUR, 24 * HOUR], faults: { delivery: { delayed: 0.6, late: 0.15 } } },
  { name: 'wrong-account', span: [HOUR, 12 * HOUR], faults: { delivery: { wrongAccount: 0.3 } } },
  { name: 'webhook-down', span: [10 * MINUTE, 3 * HOUR], faults: { delivery: { refused: 0.8 } } },
  { name: 'webhook-killed', span: [10 * MINUTE, 3 * HOUR], faults: { killed: { webhook: 0.4 } } },
];

/**
 * What goes wrong badly for a while, each a few times in a run. A failure of AWS lasts an hour at most, and the twenty
 * receives of a message take longer, so none may end in a dead-letter queue: except where `aws-outages` is switched on.
 */
export const EPISODES: readonly Episode[] = [
  ...OF_DELIVERIES.map((episode) => ({ ...episode, isHarmless: true })),
  { name: 'rate-limited', span: [10 * MINUTE, 3 * HOUR], faults: { api: { throttled: 0.4 } } },
  { name: 'overload', span: [MINUTE, 10 * MINUTE], faults: { api: { throttled: 1 } } },
  { name: 'server-error', span: [10 * MINUTE, 6 * HOUR], faults: { api: { serverError: 0.6 } } },
  { name: 'down', span: [HOUR, 12 * HOUR], faults: { api: { serverError: 1 } } },
  { name: 'html', span: [10 * MINUTE, 3 * HOUR], faults: { api: { html: 0.3, empty: 0.2 } } },
  { name: 'truncated', span: [10 * MINUTE, 3 * HOUR], faults: { api: { truncated: 0.4 } } },
  {
    name: 'timeout',
    span: [10 * MINUTE, 2 * HOUR],
    faults: { ports: { fetch: { slow: 0.4, slowDelay: [10_000, 90_000], failAfter: 0.1 } } },
  },
  { name: 'expired-token', span: [10 * MINUTE, 3 * HOUR], faults: { api: { expiredToken: 0.3 } } },
  {
    name: 'sqs-failures',
    span: [5 * MINUTE, HOUR],
    faults: { ports: { queue: { failBefore: 0.3, failAfter: 0.2 } }, queue: { partialBatch: 0.5 } },
  },
  {
    name: 'sqs-duplicates',
    span: [HOUR, 12 * HOUR],
    isHarmless: true,
    faults: { queue: { receivedTwice: 0.2, undeleted: 0.2, disorder: 50 } },
  },
  {
    name: 'dynamodb-throttled',
    span: [5 * MINUTE, HOUR],
    faults: { ports: { table: { failBefore: 0.25 } } },
  },
  {
    name: 'dynamodb-failures',
    span: [5 * MINUTE, HOUR],
    faults: { ports: { table: { failBefore: 0.05, failAfter: 0.05, repeat: 0.1, slow: 0.2 } } },
  },
  {
    name: 'bucket-failures',
    span: [5 * MINUTE, HOUR],
    faults: { ports: { bodies: { failBefore: 0.4, failAfter: 0.2 } } },
  },
  { name: 'secrets-failures', span: [5 * MINUTE, HOUR], faults: { ports: { secret: { failBefore: 0.9 } } } },
  {
    name: 'consumers-killed',
    span: [10 * MINUTE, 2 * HOUR],
    faults: { killed: { consumer: 0.3 }, ports: { table: { dieBefore: 0.002, dieAfter: 0.002 } } },
  },
  { name: 'poller-killed', span: [HOUR, 12 * HOUR], faults: { killed: { poller: 0.6 } } },
  {
    name: 'stale-index',
    span: [HOUR, 12 * HOUR],
    faults: { index: { slow: 0.7, slowLag: [30_000, 900_000] } },
  },
  {
    name: 'dynamodb-down',
    span: [2 * HOUR, 6 * HOUR],
    only: 'aws-outages',
    faults: { ports: { table: { failBefore: 0.9, slow: 0.2 } } },
  },
  {
    name: 'dynamodb-throttled-for-hours',
    span: [2 * HOUR, 6 * HOUR],
    only: 'aws-outages',
    faults: { ports: { table: { failBefore: 0.4 } } },
  },
  {
    name: 'sqs-down',
    span: [2 * HOUR, 6 * HOUR],
    only: 'aws-outages',
    faults: { ports: { queue: { failBefore: 0.9, failAfter: 0.05 } } },
  },
  {
    name: 's3-down',
    span: [2 * HOUR, 6 * HOUR],
    only: 'aws-outages',
    faults: { ports: { bodies: { failBefore: 1 }, 'bodies.compress': { failBefore: 0 } } },
  },
  {
    name: 'one-copy-dies',
    span: [HOUR, 6 * HOUR],
    only: 'copies',
    faults: { queue: { receivedTwice: 0.4, reappearsAfter: [0, 3000] }, killed: { consumer: 0.15 } },
  },
];
