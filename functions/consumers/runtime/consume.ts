import type { Context, SQSBatchResponse, SQSEvent, SQSHandler, SQSRecord } from 'aws-lambda';
import { type Channel, MAX_RECEIVES } from '../../../shared/events/channels.ts';
import { Failure } from '../../../shared/failure.ts';
import { readSettings } from '../../../shared/settings.ts';
import { withMetrics } from '../../../shared/telemetry/metrics.ts';
import { type Delivery, deliverAgain, isLook, readEnvelope, retryLater } from './delivery.ts';
import { type ConsumerDependencies, openConsumer } from './dependencies.ts';
import { type Identities, locate } from './locate.ts';
import { type BookMessages, processBook } from './process-book.ts';
import { ConsumerSettings } from './settings.ts';

/** Reserved for the last writes before the Lambda times out. */
const RESERVE_MS = 5000;

/** Time before the deadline in which no look is started. */
const LOOK_MS = 20_000;

/**
 * The Lambda of a channel. A retry by SQS asks Ocrolus again, and changes nothing that is already written.
 * Dependencies are opened at the first batch, so that tests can import a channel without its environment.
 */
export function defineConsumer(): SQSHandler {
  let opened:
    | { readonly settings: ConsumerSettings; readonly dependencies: ConsumerDependencies }
    | undefined;
  return (event, context) => {
    opened ??= open();
    return consume(opened.settings.CHANNEL, opened.dependencies, event, context);
  };
}

function open() {
  const settings = readSettings(ConsumerSettings);
  return { settings, dependencies: openConsumer(settings) };
}

/**
 * Processes a batch: the messages about each book together, so that ten events about one book cost one Book status
 * call. Only failed messages are delivered again (partial batch response). Never throws.
 */
export async function consume(
  channel: Channel,
  dependencies: ConsumerDependencies,
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
): Promise<SQSBatchResponse> {
  return withMetrics(dependencies.metrics, () => consumeBatch(channel, dependencies, event, context));
}

async function consumeBatch(
  channel: Channel,
  dependencies: ConsumerDependencies,
  event: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
): Promise<SQSBatchResponse> {
  const deadline = dependencies.ports.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const log = dependencies.log.with({ channel, requestId: context.awsRequestId });
  const again: string[] = [];
  const identities: Identities = new Map();
  const located = await Promise.all(
    event.Records.map(async (record) => {
      const delivery = await read(record, { dependencies, log, deadline });
      const place = delivery === undefined ? 'again' : await locate(delivery, identities);
      if (place === 'again') again.push(record.messageId);
      return typeof place === 'string' ? [] : [place];
    }),
  );
  const books = [...Map.groupBy(located.flat(), ({ bookUuid }) => bookUuid).values()].map(together);
  const take = async (book: BookMessages) => {
    for (const { messageId } of await processBook(book)) again.push(messageId);
  };
  const isOnlyLooks = ({ deliveries }: BookMessages) => deliveries.every(isLook);
  await Promise.all([
    ...books.filter((book) => !isOnlyLooks(book)).map(take),
    lookInTurn(books.filter(isOnlyLooks), take, again),
  ]);
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** @returns `undefined` for an unreadable message, which is delivered again until it is a dead letter. */
async function read(
  record: SQSRecord,
  { log: batchLog, ...batch }: Pick<Delivery, 'dependencies' | 'log' | 'deadline'>,
): Promise<Delivery | undefined> {
  const { messageId, receiptHandle } = record;
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const firstReceivedAt = Number(record.attributes.ApproximateFirstReceiveTimestamp);
  const log = batchLog.with({ attempts: receives });
  const envelope = readEnvelope(record);
  if (envelope instanceof Failure) {
    // Any other message is known by its delivery.
    await retryLater(
      { ...batch, log: log.with({ messageId }), receiptHandle, receives, firstReceivedAt },
      envelope,
    );
    return undefined;
  }
  const { deliveryId, eventName, ids } = envelope;
  const fields = { deliveryId, eventName, bookUuid: ids.bookUuid, bookPk: ids.bookPk };
  return { ...batch, envelope, receives, firstReceivedAt, messageId, receiptHandle, log: log.with(fields) };
}

function together(places: readonly BookMessages[]): BookMessages {
  return {
    bookUuid: places[0]?.bookUuid ?? '',
    deliveries: places.flatMap(({ deliveries }) => deliveries),
    observed: places.find(({ observed }) => observed !== undefined)?.observed,
  };
}

/**
 * Processes looks one after the other: each needs many permits, and a book that waits for them keeps its place in the
 * queue at no cost. A look without time is delivered again, or its book is handed over again, since it is still due.
 */
async function lookInTurn(
  books: readonly BookMessages[],
  take: (book: BookMessages) => Promise<void>,
  again: string[],
): Promise<void> {
  for (const book of books) {
    const [first] = book.deliveries;
    if (first === undefined) continue;
    if (first.dependencies.ports.now() < first.deadline - LOOK_MS) {
      await take(book);
      continue;
    }
    for (const look of book.deliveries) {
      if (look.receives >= MAX_RECEIVES / 2) continue;
      await deliverAgain(look, 0);
      again.push(look.messageId);
    }
  }
}
