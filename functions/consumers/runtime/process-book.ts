import type { BookObservation } from '../../../shared/events/observation.ts';
import { asFailure, type Failure } from '../../../shared/failure.ts';
import { TOO_MANY_OPEN } from '../../../shared/reconcile/mark.ts';
import type { Focus, Look } from '../../../shared/reconcile/read.ts';
import { reconcile } from '../../../shared/reconcile/reconcile.ts';
import type { LookReport, Reconciled, Report } from '../../../shared/reconcile/report.ts';
import { postponeLook } from '../../../shared/store/books.ts';
import { isUnreadable } from '../../../shared/store/records.ts';
import { announce, namesNoBusiness } from '../events/announce.ts';
import { contextOf, type Delivery, deliverAgain, isLook, retryLater, send } from './delivery.ts';
import { type Finished, finishDelivery, isFinished, recordFailedAttempt } from './finish-delivery.ts';
import { waitInQueue } from './wait-in-queue.ts';

/** Messages of a batch about one book, which are reconciled together. */
export interface BookMessages {
  readonly bookUuid: string;
  readonly deliveries: readonly Delivery[];
  /** Answer of Book status when the book was identified, and the account that was used. */
  readonly observed?: { readonly observation: BookObservation; readonly account: string } | undefined;
}

/** Processes the messages about one book. @returns those that SQS has to deliver again. Never throws. */
export async function processBook({ bookUuid, deliveries, observed }: BookMessages): Promise<Delivery[]> {
  const [first, ...others] = deliveries;
  if (first === undefined) return [];
  const context = contextOf([first, ...others], bookUuid);
  context.account = observed?.account ?? context.account;
  try {
    const open = await unfinished(deliveries, bookUuid);
    const named = await Promise.all(
      open
        .filter((one) => !isLook(one))
        .map(async (delivery) => {
          const { envelope, receives, dependencies } = delivery;
          return { delivery, announcement: await announce(dependencies.ports, envelope, bookUuid, receives) };
        }),
    );
    const looks = open.filter(isLook);
    const focus: Focus = {
      announcements: named.map(({ announcement }) => announcement),
      look: looks.length === 0 ? undefined : lookOf(looks),
      observation: observed?.observation,
    };
    const done = open.length === 0 ? undefined : await reconcile(context, focus);
    for (const look of looks) await finishLook(look, bookUuid, done?.look);
    const again = await Promise.all(
      named.map(async ({ delivery, announcement }) => {
        const isUnnamed = namesNoBusiness(delivery.envelope, announcement);
        return (await finish(delivery, bookUuid, isUnnamed, done)) ? [] : [delivery];
      }),
    );
    return again.flat();
  } catch (error) {
    const again = await Promise.all(
      deliveries.map(async (delivery) => ((await failed(delivery, bookUuid, error)) ? [] : [delivery])),
    );
    return again.flat();
  } finally {
    await context.close();
  }
}

function lookOf(looks: readonly Delivery[]): Look {
  return {
    isUrgent: looks.some(({ envelope }) => envelope.urgent === true),
    isRepeated: looks.some(({ receives }) => receives > 1),
  };
}

/** Leaves out deliveries of which a copy was finished already. */
async function unfinished(deliveries: readonly Delivery[], bookUuid: string): Promise<Delivery[]> {
  const all = await Promise.all(
    deliveries.map(async (delivery) => {
      const isCopy = delivery.receives > 1 && !isLook(delivery) && (await isFinished(delivery, bookUuid));
      return isCopy ? [] : [delivery];
    }),
  );
  return all.flat();
}

/** @returns whether the message is finished. */
async function finish(
  delivery: Delivery,
  bookUuid: string,
  isUnnamed: boolean,
  done: Reconciled | undefined,
): Promise<boolean> {
  const { envelope, receives, dependencies } = delivery;
  const report = done?.deliveries.get(envelope.deliveryId);
  if (report === undefined) {
    await finishDelivery(delivery, bookUuid, { outcome: 'forgotten' });
    return true;
  }
  const quick = dependencies.settings.QUICK_RETRY_SECONDS[receives - 1];
  if (report.missing.length > 0 && report.isWorthRetrying && quick !== undefined) {
    // This line is part of the delivery's story (`ops delivery`, the console).
    delivery.log.info('retry scheduled', {
      class: 'waiting',
      code: finishedBy(report).reason,
      seconds: quick,
    });
    await deliverAgain(delivery, quick);
    return false;
  }
  // No call lists the businesses of a book (docs/ocrolus.md#result-calls).
  const finished = isUnnamed
    ? ({ outcome: 'refused', reason: 'no-business-id', effects: report.effects } as const)
    : finishedBy(report);
  await finishDelivery(delivery, bookUuid, finished);
  return true;
}

function finishedBy({ missing, written, codes, details, effects }: Report): Finished {
  const reason = [...new Set([...codes, ...missing])].join(' ');
  return {
    outcome: missing.length > 0 ? 'waiting' : written,
    ...(reason !== '' && { reason }),
    details,
    effects,
  };
}

/** Finishes a look. One that asked for nothing leaves no trace; an unfinished one is continued by another message. */
async function finishLook(look: Delivery, bookUuid: string, report: LookReport | undefined): Promise<void> {
  if (report === undefined) return;
  if (report.isUnfinished) await send(look, { ...look.envelope, urgent: undefined });
  if (report.asked === 0) return;
  const stored = report.isRecovered ? 'recovered' : 'fetched';
  const byLook = report.written === 'applied' ? stored : undefined;
  await finishDelivery(look, bookUuid, { ...finishedBy(report), byLook });
}

/** Number of times that the message of a look is received. */
const LOOK_ATTEMPTS = 3;

/**
 * Retries a failed message, with growing pauses. If this version cannot read the book, or a document that the event
 * names, or if too many results of the book are open, only time helps: a look is postponed, and a delivery waits.
 * After five days it is a dead letter, which can be redriven. A look is given up sooner: the poller hands its book
 * over again anyway, and during an outage of the bucket, the messages of all its runs would be retried side by side.
 *
 * @returns whether the message is finished.
 */
async function failed(delivery: Delivery, bookUuid: string, error: unknown): Promise<boolean> {
  const failure = asFailure(error);
  const isUnread = isUnreadable(error);
  if (isUnread) {
    delivery.log.error('item unreadable');
    delivery.dependencies.metrics.count('ItemUnreadable', {});
  }
  if (!isLook(delivery) && (isUnread || failure.code === TOO_MANY_OPEN)) {
    await waitInQueue(delivery, failure.code);
    return false;
  }
  const isGivenUp = isLook(delivery) && (isUnread || delivery.receives >= LOOK_ATTEMPTS);
  if (isGivenUp && (await giveUpLook(delivery, bookUuid, failure))) return true;
  await recordFailedAttempt(delivery, failure.code);
  await retryLater(delivery, failure);
  return false;
}

/** Postpones the look at the book, without reading it. @returns whether that was written. */
async function giveUpLook(look: Delivery, bookUuid: string, failure: Failure): Promise<boolean> {
  const { metrics, ports, times } = look.dependencies;
  const isUnread = isUnreadable(failure);
  const wait = isUnread ? times.max : times.run;
  try {
    await postponeLook(ports.table, bookUuid, ports.now() + wait);
  } catch {
    return false;
  }
  look.log.warn('look given up', { code: failure.code });
  // This metric pages. An unreadable item is counted by another one, whose alarm is a ticket.
  if (!isUnread) metrics.record('MessageFailing', wait / 1000, 'Seconds', {});
  return true;
}
