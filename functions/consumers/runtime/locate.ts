import { bookIdOf, OWN_PARTITIONS } from '../../../shared/events/ids.ts';
import { asFailure } from '../../../shared/failure.ts';
import { nextAccount } from '../../../shared/ocrolus/accounts.ts';
import { findBook, type Identity } from '../../../shared/reconcile/find-book.ts';
import { isForgotten, readBook } from '../../../shared/store/books.ts';
import { isOfDetect, isOnlyRecorded } from '../events/announce.ts';
import { contextOf, type Delivery, isLook, retryLater } from './delivery.ts';
import { type Finished, finishDelivery, recordFailedAttempt } from './finish-delivery.ts';
import type { BookMessages } from './process-book.ts';
import { ageOf, waitInQueue } from './wait-in-queue.ts';

/** The book that a delivery is about; `done`: the message is finished; `again`: SQS has to deliver it again. */
export type Place = BookMessages | 'done' | 'again';

/** Finds the book of a delivery, or finishes the delivery if there is nothing to ask about. Never throws. */
export async function locate(delivery: Delivery, identities: Identities): Promise<Place> {
  try {
    return await locateBook(delivery, identities);
  } catch (error) {
    const failure = asFailure(error);
    await recordFailedAttempt(delivery, failure.code);
    await retryLater(delivery, failure);
    return 'again';
  }
}

/** @throws the error of the table, the bucket or the queue. */
async function locateBook(delivery: Delivery, identities: Identities): Promise<Place> {
  const { envelope } = delivery;
  const { bookUuid } = envelope.ids;
  const partition = bookIdOf(envelope.ids);
  const finished = await recordedOnly(delivery, partition);
  if (finished !== undefined) {
    await finishDelivery(delivery, partition, finished);
    return 'done';
  }
  if (bookUuid !== undefined) return { bookUuid, deliveries: [delivery] };
  // Version 0.1 sent looks for documents without a book.
  if (isLook(delivery)) return 'done';
  const { identity, account } = await identityOf(delivery, partition, identities);
  if (identity.kind === 'book') {
    const observed = identity.observation && { observation: identity.observation, account };
    return { bookUuid: identity.bookUuid, deliveries: [delivery], observed };
  }
  if (identity.kind === 'forgotten') {
    await finishDelivery(delivery, partition, { outcome: 'forgotten' });
    return 'done';
  }
  const { code, isFinal } = identity;
  if (isFinal || ageOf(delivery) >= delivery.dependencies.times.identify.end) {
    await finishDelivery(delivery, partition, { outcome: 'refused', reason: code });
    return 'done';
  }
  await waitInQueue(delivery, code);
  return 'again';
}

/** Books identified in a batch, and the accounts that identified them: ten events of one pk cost one call. */
export type Identities = Map<string, Promise<{ readonly identity: Identity; readonly account: string }>>;

function identityOf(delivery: Delivery, partition: string, identities: Identities) {
  const { envelope, receives, dependencies } = delivery;
  const { ids } = envelope;
  const context = contextOf([delivery], partition);
  const ask = async (account: string) => {
    context.account = account;
    return { identity: await findBook(context, ids, isOfDetect(envelope)), account };
  };
  const { account: own } = context;
  const key = [own, ids.bookPk, ids.uploadedDocUuid, ids.docUuid].join(' ');
  const known = identities.get(key);
  if (known !== undefined) return known;
  const asked = ask(own).then(async (first) => {
    // The book may belong to another account than the one of its event, so the accounts are asked in turn.
    const other = nextAccount(dependencies.accounts, own, receives - 1);
    if (first.identity.kind !== 'unknown' || first.identity.isFinal || other === own) return first;
    const second = await ask(other);
    return second.identity.kind === 'unknown' ? first : second;
  });
  identities.set(key, asked);
  return asked;
}

/** Outcome of a delivery about which nothing is asked. The payload of a forgotten book is not kept either. */
async function recordedOnly(
  { envelope, dependencies }: Delivery,
  partition: string,
): Promise<Finished | undefined> {
  const isUnrecognized = envelope.channel === 'unrecognized';
  if (!isUnrecognized && !isOnlyRecorded(envelope)) return undefined;
  const { table } = dependencies.ports;
  if (partition !== OWN_PARTITIONS.account && isForgotten(await readBook(table, partition))) {
    return { outcome: 'forgotten' };
  }
  if (!isUnrecognized) return { outcome: 'applied' };
  const reason = envelope.unrecognized ?? 'unknown-name';
  dependencies.metrics.count('UnrecognizedEvent', { reason });
  return { outcome: 'unrecognized', reason };
}
