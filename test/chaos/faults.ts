import type { FaultRule } from '../../infra/local/ocrolus/http/faults.ts';
import type { DeliveryFaults } from '../../infra/local/ocrolus/webhooks/delivery.ts';
import type { Refusal, ServiceFault } from './proxy.ts';

/** What is injected, besides the faults of Ocrolus's API. */
const FAULTS = [
  'lost',
  'duplicated',
  'delayed',
  'reordered',
  'webhook',
  'sqs',
  'dynamodb',
  's3',
  'kills',
] as const;
type Fault = (typeof FAULTS)[number];

/** Decides whether something goes wrong, and counts what did. */
export class Chance {
  readonly counts: Partial<Record<Fault, number>> = {};
  readonly random: () => number;
  /** Nothing goes wrong any more. */
  isOver = false;
  /** Until when something fails altogether, in Unix milliseconds. */
  readonly outages = new Map<Fault, number>();

  constructor(random: () => number) {
    this.random = random;
  }

  strikes(fault: Fault, chance: number): boolean {
    const isDrawn = this.random() < chance || (this.outages.get(fault) ?? 0) > Date.now();
    const struck = isDrawn && !this.isOver;
    if (struck) this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    return struck;
  }

  get neverStruck(): readonly Fault[] {
    return FAULTS.filter((fault) => this.counts[fault] === undefined);
  }
}

const refused = (status: number, type = ''): Refusal => ({
  status,
  body: JSON.stringify({ __type: type, message: 'chaos' }),
});
const DYNAMODB = 'com.amazonaws.dynamodb.v20120810#';

/** How often each service fails, and what it answers: few results are so large that the bucket has them. */
const SERVICES = {
  webhook: [0.03, refused(503), refused(502)],
  sqs: [0.02, refused(500, 'com.amazonaws.sqs#InternalError')],
  dynamodb: [
    0.03,
    refused(400, `${DYNAMODB}ProvisionedThroughputExceededException`),
    refused(500, `${DYNAMODB}InternalServerError`),
  ],
  s3: [0.5, refused(503)],
} as const;

export type Service = keyof typeof SERVICES;
export const OUTAGES: readonly Service[] = ['webhook', 'sqs', 'dynamodb', 's3'];

export function serviceFault(service: Service, chance: Chance): ServiceFault | undefined {
  const [probability, ...refusals] = SERVICES[service];
  const faults: readonly ServiceFault[] = [...refusals, 'broken', 'answer-lost'];
  const isStruck = chance.strikes(service, probability);
  return isStruck ? faults[Math.floor(chance.random() * faults.length)] : undefined;
}

/** Faults of Ocrolus's API, at random. A 429 stops every process for a second, so there are few of them. */
export const API_FAULTS: readonly FaultRule[] = [
  { fault: 'rate-limited', probability: 0.002 },
  { fault: 'server-error', probability: 0.02 },
  { fault: 'bad-gateway', probability: 0.01 },
  { fault: 'timeout', probability: 0.003, breaksAfterMs: 2000 },
  { fault: 'truncated', probability: 0.01 },
  { fault: 'error-in-body', probability: 0.01 },
  { fault: 'forbidden', probability: 0.01 },
  { fault: 'not-ready', probability: 0.03 },
];

const LONGEST_DELAY_MS = 1500;

/** What becomes of deliveries on their way. */
export function deliveryFaults(chance: Chance): DeliveryFaults {
  return () => ({
    drop: chance.strikes('lost', 0.1),
    duplicates: chance.strikes('duplicated', 0.1) ? 1 : 0,
    duplicateRequestId: chance.random() < 0.5 ? 'same' : 'new',
    delayMs: chance.strikes('delayed', 0.1) ? Math.floor(chance.random() * LONGEST_DELAY_MS) : 0,
    overtakenWithinMs: chance.strikes('reordered', 0.1) ? LONGEST_DELAY_MS : 0,
  });
}
