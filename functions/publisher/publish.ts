import type { PutEventsCommandOutput, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { EVENT_SOURCE, type PublishedEvent } from '../../shared/events/published.ts';
import { errorFields, type Log } from '../../shared/telemetry/log.ts';
import type { Metrics } from '../../shared/telemetry/metrics.ts';
import { eventsOf } from './changes.ts';

export interface PublisherDependencies {
  readonly stage: string;
  /** ARN of the bus. */
  readonly bus: string;
  readonly put: (entries: PutEventsRequestEntry[]) => Promise<Pick<PutEventsCommandOutput, 'Entries'>>;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Outgoing {
  /** Position of the change in the stream. */
  readonly sequenceNumber: string;
  readonly event: PublishedEvent;
  readonly entry: PutEventsRequestEntry;
}

/** Maximum number of entries in a request (AWS: "PutEvents"). All of them have a few KB. */
const MAX_ENTRIES = 10;

/**
 * Publishes what a batch of changes means to readers, in the order of the stream. The batch is repeated from the first change
 * that was not accepted; so events after it come twice.
 */
export async function publish(
  records: readonly DynamoDBRecord[],
  dependencies: PublisherDependencies,
): Promise<DynamoDBBatchResponse> {
  const outgoing = records.flatMap((record) => outgoingOf(record, dependencies));
  for (let start = 0; start < outgoing.length; start += MAX_ENTRIES) {
    const failed = await send(outgoing.slice(start, start + MAX_ENTRIES), dependencies);
    if (failed !== undefined) return { batchItemFailures: [{ itemIdentifier: failed }] };
  }
  return { batchItemFailures: [] };
}

/** An item that this version cannot read must not hold up the changes after it. */
function outgoingOf(record: DynamoDBRecord, { stage, bus, log, metrics }: PublisherDependencies): Outgoing[] {
  const { ApproximateCreationDateTime: seconds, SequenceNumber: sequenceNumber = '' } = record.dynamodb ?? {};
  const { bookId, item } = record.dynamodb?.Keys ?? {};
  try {
    return eventsOf(record, stage).map((event) => ({
      sequenceNumber,
      event,
      entry: {
        EventBusName: bus,
        Source: EVENT_SOURCE,
        DetailType: event.type,
        Detail: JSON.stringify(event.detail),
        ...(seconds !== undefined && { Time: new Date(seconds * 1000) }),
      },
    }));
  } catch (error) {
    metrics.count('ItemUnreadable', {});
    log.error('change not published', { bookUuid: bookId?.S, item: item?.S, ...errorFields(error) });
    return [];
  }
}

/** @returns the sequence number of the first change that was not accepted. */
async function send(
  group: readonly Outgoing[],
  { put, log }: PublisherDependencies,
): Promise<string | undefined> {
  const answer = await put(group.map(({ entry }) => entry)).catch((error: unknown) => {
    log.error('events not accepted', errorFields(error));
    return undefined;
  });
  const entries = answer?.Entries ?? [];
  const failed = group.findIndex((_, n) => entries[n]?.EventId === undefined);
  const accepted = failed === -1 ? group : group.slice(0, failed);
  for (const { event } of accepted) {
    const { version: _, stage: __, bookId, ...detail } = event.detail;
    log.info('event published', { detailType: event.type, bookUuid: bookId, ...detail });
  }
  if (failed === -1) return undefined;
  const { ErrorCode, ErrorMessage } = entries[failed] ?? {};
  log.warn('event not accepted', { code: ErrorCode, reason: ErrorMessage });
  return group[failed]?.sequenceNumber;
}
