import type { SQSRecord } from 'aws-lambda';
import type { Meter } from '../../kernel/actors.ts';
import type { ProcessedBatch } from '../../system/core.ts';
import type { Violations } from '../violations.ts';

interface Known {
  /** How often the product itself gave it back. */
  returned: number;
  /** Copies that are being processed. */
  atWork: number;
  /** It was received while it was being processed: what each copy does is not told apart. */
  isCopied: boolean;
}

interface Options {
  /** How many of them the stage has at present. */
  readonly quickRetries: () => number;
  /** Whether the messages about a book may wait. */
  readonly mayWait: (bookUuid: string) => boolean;
}

/**
 * A message is not received more often than once and for each quick retry, unless table, bucket or queue failed, or a function died, in one of its
 * earlier receives. One that names no book waits in its queue until its book is known, and one whose book cannot be read until
 * it can be: those end as the dead letter that no run may leave behind.
 */
export class Receives {
  readonly #known = new Map<string, Known>();
  readonly #violations: Violations;
  readonly #options: Options;

  constructor(violations: Violations, options: Options) {
    this.#violations = violations;
    this.#options = options;
  }

  received(records: readonly SQSRecord[]): void {
    for (const { messageId, body } of records) {
      // A look is given back when its batch has no time for it.
      if (body.includes('"source":"poll"')) continue;
      const known = this.#known.get(messageId) ?? { returned: 0, atWork: 0, isCopied: false };
      this.#known.set(messageId, known);
      known.isCopied ||= known.atWork > 0;
      known.atWork += 1;
      // Once for each message.
      if (known.isCopied || known.returned !== this.#options.quickRetries() + 1) continue;
      known.returned += 1;
      const [, name = ''] = /"eventName":"([^"]+)"/.exec(body) ?? [];
      const [, bookUuid] = /"bookUuid":"([^"]+)"/.exec(body) ?? [];
      if (bookUuid === undefined || this.#options.mayWait(bookUuid)) continue;
      this.#violations.add('received-too-often', bookUuid, `${name} is received ${known.returned} times`);
    }
  }

  processed({ records, failed, meter }: ProcessedBatch): void {
    for (const { messageId } of records) {
      const known = this.#known.get(messageId);
      if (known === undefined) continue;
      known.atWork -= 1;
      const isReturned = failed?.has(messageId) !== false;
      if (!isReturned && known.atWork === 0) this.#known.delete(messageId);
      if (failed !== undefined && isReturned && meter.disturbances === 0) known.returned += 1;
    }
  }
}

/** Partitions that belong to no book: what they cost is shared by all messages of a batch. */
const SHARED = new Set(['limiter', 'circuit', 'poller', 'ledger']);

function isShared(partition: string): boolean {
  return SHARED.has(partition.split('#')[0] ?? '');
}

/**
 * The most write units (AWS: write request units; items, index and refused conditions) of a delivery and of a look, on average
 * over a run, with everything that is written for it: document, book, bodies, ledger and rate limit.
 */
const MOST = {
  quiet: { perDelivery: 10, refusedPerDelivery: 1.5, perLook: 14 },
  noisy: { perDelivery: 16, refusedPerDelivery: 2.5, perLook: 20 },
} as const;

/** A few dear ones may exceed an average. */
const ALLOWANCE = 2000;

/** What deliveries and looks write. */
export class Units {
  readonly #ofDeliveries = { units: 0, refused: 0, count: 0 };
  readonly #ofLooks = { units: 0, refused: 0, messages: 0, statusCalls: 0 };
  /** The book of a delivery, by its id. */
  readonly #isDelivery: (deliveryId: string) => boolean;

  /** @param isDelivery whether the webhook has accepted a delivery with this id. */
  constructor(isDelivery: (deliveryId: string) => boolean) {
    this.#isDelivery = isDelivery;
  }

  processed({ records, meter }: ProcessedBatch): void {
    const deliveries = records.filter(({ body }) => this.#isDelivery(idOf(body)));
    const share = deliveries.length / records.length;
    // A replay is a delivery, too; a repetition is part of one.
    const isFirst = ({ attributes }: SQSRecord) => attributes.ApproximateReceiveCount === '1';
    this.#ofDeliveries.count += deliveries.filter(isFirst).length;
    this.#ofLooks.messages += records.length - deliveries.length;
    const partitions = new Set(deliveries.flatMap(partitionsOf));
    for (const [partition, { writeUnits, refusedWrites }] of meter.byPartition) {
      const isOfAll = isShared(partition);
      const ofDeliveries = isOfAll ? share : Number(share === 1 || partitions.has(partition));
      this.#ofDeliveries.units += writeUnits * ofDeliveries;
      this.#ofDeliveries.refused += refusedWrites * ofDeliveries;
      this.#ofLooks.units += writeUnits * (1 - ofDeliveries);
      this.#ofLooks.refused += refusedWrites * (1 - ofDeliveries);
    }
  }

  polled({ byPartition, statusCalls }: Meter): void {
    this.#ofLooks.statusCalls += statusCalls;
    for (const [partition, { writeUnits }] of byPartition)
      if (!isShared(partition)) this.#ofLooks.units += writeUnits;
  }

  get averages() {
    const { units, refused, count } = this.#ofDeliveries;
    const looks = Math.max(this.#ofLooks.messages, this.#ofLooks.statusCalls);
    return {
      unitsPerDelivery: round(units / count),
      refusedPerDelivery: round(refused / count),
      unitsPerLook: round(this.#ofLooks.units / looks),
      looks,
    };
  }

  /** At the end. @param isCalm nothing went wrong. */
  check(isCalm: boolean, violations: Violations): void {
    const most = isCalm ? MOST.quiet : MOST.noisy;
    const { units, refused, count } = this.#ofDeliveries;
    const { looks } = this.averages;
    const check = (what: string, sum: number, allowed: number) => {
      const text = `${Math.round(sum)} ${what}, ${Math.round(allowed)} are expected`;
      if (sum > allowed + ALLOWANCE) violations.add('too-many-units', '', text);
    };
    check(`write units of ${count} deliveries`, units, most.perDelivery * count);
    check(`refused writes of ${count} deliveries`, refused, most.refusedPerDelivery * count);
    check(`write units of ${looks} looks`, this.#ofLooks.units, most.perLook * looks);
  }
}

function idOf(body: string): string {
  return /"deliveryId":"([^"]+)"/.exec(body)?.[1] ?? '';
}

/** Of the book that a message is about, and of what names no book. */
function partitionsOf({ body }: SQSRecord): string[] {
  const [, uuid = ''] = /"bookUuid":"([^"]+)"/.exec(body) ?? [];
  const [, pk = ''] = /"bookPk":"([^"]+)"/.exec(body) ?? [];
  return [uuid, `pk-${pk}`, 'account'];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
