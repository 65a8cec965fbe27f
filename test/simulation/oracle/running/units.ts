import type { SQSRecord } from 'aws-lambda';
import type { Meter } from '../../kernel/actors.ts';
import type { ProcessedBatch } from '../../system/core.ts';
import type { Violations } from '../violations.ts';

/** Partitions that belong to no book: what they cost is shared by all messages of a batch. */
const SHARED = new Set(['limiter', 'circuit', 'poller']);

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
      const isOfAll = SHARED.has(partition);
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
      if (!SHARED.has(partition)) this.#ofLooks.units += writeUnits;
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
      if (sum > allowed + ALLOWANCE)
        violations.add(
          'too-many-units',
          '',
          `${Math.round(sum)} ${what}, ${Math.round(allowed)} are expected`,
        );
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
