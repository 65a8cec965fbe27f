import type { FaultRule } from '../../infra/local/ocrolus/http/faults.ts';
import type { DeliveryFaults } from '../../infra/local/ocrolus/webhooks/delivery.ts';
import type { Passing, ServiceFault } from './proxy.ts';

/** What can go wrong, each to be switched on alone by `--only`. */
export const FAULTS = [
  'lost',
  'silent-books',
  'duplicated',
  'delayed',
  'reordered',
  'ocrolus',
  'webhook',
  'sqs',
  'sqs-duplicates',
  'dynamodb',
  's3',
  'kills',
] as const;

export type Fault = (typeof FAULTS)[number];

/** @throws Error for an unknown name. */
export function readFaults(only: readonly string[]): ReadonlySet<Fault> {
  const unknown = only.filter((name) => !FAULTS.some((fault) => fault === name));
  if (unknown.length > 0) throw new Error(`no fault ${unknown.join(', ')}; there are ${FAULTS.join(' ')}`);
  return new Set(only.length === 0 ? FAULTS : FAULTS.filter((fault) => only.includes(fault)));
}

/** Decides whether something goes wrong, and counts what did. */
export class Chance {
  readonly counts: Partial<Record<Fault, number>> = {};
  readonly faults: ReadonlySet<Fault>;
  readonly random: () => number;
  /** Nothing goes wrong any more. */
  isOver = false;
  /** Until when something fails altogether, in Unix milliseconds. */
  readonly #outages = new Map<Fault, number>();

  constructor(faults: ReadonlySet<Fault>, random: () => number) {
    this.faults = faults;
    this.random = random;
  }

  /** @param chance 0 to 1. */
  strikes(fault: Fault, chance: number): boolean {
    const isDrawn = this.random() < chance;
    if (this.isOver || !this.faults.has(fault)) return false;
    const struck = isDrawn || (this.#outages.get(fault) ?? 0) > Date.now();
    if (struck) this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    return struck;
  }

  /** Those of Ocrolus are its own, and not counted here. */
  neverStruck(): readonly Fault[] {
    return [...this.faults].filter((fault) => fault !== 'ocrolus' && this.counts[fault] === undefined);
  }

  beginOutage(fault: Fault, milliseconds: number): void {
    this.#outages.set(fault, Date.now() + milliseconds);
  }

  oneOf<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.random() * list.length)] ?? list[0];
  }
}

const BROKEN: ServiceFault = { kind: 'broken' };
const ANSWER_LOST: ServiceFault = { kind: 'answer-lost' };
const refused = (status: number, type = ''): ServiceFault => ({
  kind: 'refused',
  status,
  body: JSON.stringify({ __type: type, message: 'chaos' }),
});
const DYNAMODB = 'com.amazonaws.dynamodb.v20120810#';

/** How each service fails, and how often: few results are so large that the bucket has them. */
const SERVICES = {
  webhook: [0.03, [refused(503), refused(502), BROKEN, ANSWER_LOST]],
  sqs: [0.02, [refused(500, 'com.amazonaws.sqs#InternalError'), BROKEN, ANSWER_LOST]],
  dynamodb: [
    0.03,
    [
      refused(400, `${DYNAMODB}ProvisionedThroughputExceededException`),
      refused(500, `${DYNAMODB}InternalServerError`),
      BROKEN,
      ANSWER_LOST,
    ],
  ],
  s3: [0.5, [refused(503), BROKEN, ANSWER_LOST]],
} as const satisfies Partial<Record<Fault, readonly [number, readonly [ServiceFault, ...ServiceFault[]]]>>;

export type Service = keyof typeof SERVICES;
export const OUTAGES: readonly Service[] = ['webhook', 'sqs', 'dynamodb', 's3'];

export function serviceFault(service: Service, chance: Chance, { operation }: Passing) {
  const [probability, faults] = SERVICES[service];
  if (chance.strikes(service, probability)) return chance.oneOf<ServiceFault>(faults);
  // A standard queue may deliver a message twice: the effect is the same as sending it twice.
  const isSent = service === 'sqs' && operation.startsWith('SendMessage');
  return isSent && chance.strikes('sqs-duplicates', 0.1) ? ({ kind: 'twice' } as const) : undefined;
}

/** Faults of Ocrolus's API, at random. A 429 stops every process for a second, so there are few of them. */
export const API_FAULTS: readonly FaultRule[] = [
  { fault: 'rate-limited', probability: 0.002 },
  { fault: 'server-error', probability: 0.02 },
  { fault: 'bad-gateway', probability: 0.01 },
  { fault: 'timeout', probability: 0.003, breaksAfterMs: 2000 },
  { fault: 'truncated', probability: 0.01 },
  { fault: 'error-in-body', probability: 0.01 },
];

const ANALYTICS = /^\/v2\/book\/[^/]+\/(summary|cash_flow_features|enriched_txns|income)/;

/** What every call, or many of them, meet for a while. */
export const API_EPISODES: readonly (FaultRule & { readonly lastsMs: number })[] = [
  { fault: 'forbidden', lastsMs: 2000 },
  { fault: 'not-ready', path: ANALYTICS, probability: 0.7, lastsMs: 3000 },
  // Over before the pause is that it asks for.
  { fault: 'rate-limited', retryAfterSeconds: 8, times: 12, lastsMs: 4000 },
];

const LONGEST_DELAY_MS = 1500;
/** One of so many books is silent: every delivery that names it by uuid is lost. The first is the fourth book. */
const SILENT_EVERY = 8;
const FIRST_SILENT = 3;

/** What becomes of deliveries on their way. */
export function deliveryFaults(chance: Chance): DeliveryFaults {
  /** In the order of their first delivery. */
  const books: string[] = [];
  const isOfSilentBook = (body: string) => {
    const uuid = /"book_uuid":"([0-9a-f-]{36})"/.exec(body)?.[1];
    if (uuid === undefined) return false;
    if (!books.includes(uuid)) books.push(uuid);
    return books.indexOf(uuid) % SILENT_EVERY === FIRST_SILENT;
  };
  return (_eventName, body) => ({
    drop: chance.strikes('silent-books', isOfSilentBook(body) ? 1 : 0) || chance.strikes('lost', 0.1),
    duplicates: chance.strikes('duplicated', 0.1) ? 1 : 0,
    duplicateRequestId: chance.random() < 0.5 ? 'same' : 'new',
    delayMs: chance.strikes('delayed', 0.1) ? Math.floor(chance.random() * LONGEST_DELAY_MS) : 0,
    overtakenWithinMs: chance.strikes('reordered', 0.1) ? LONGEST_DELAY_MS : 0,
  });
}
