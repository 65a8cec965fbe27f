import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { eventsOf } from '../../../functions/publisher/changes.ts';
import type { Key } from '../../../shared/store/table.ts';
import type { MemoryTableCore } from '../kernel/table/memory-table-core.ts';
import type { Attributes } from '../kernel/table/values.ts';

/** What the product publishes of a change. */
export interface Published {
  readonly key: Key;
  readonly type: string;
  /** The item after the change. */
  readonly after: Attributes;
}

/** Attributes of images that the publisher reads. All others would only be copied. */
const READ = [
  ...['bookId', 'bookPk', 'account', 'status', 'generation', 'updatedAt', 'complete', 'lastComplete'],
  ...['kind', 'subject', 'sha256', 'contentType', 'fetchedAt', 'set'],
];

/** Has the product find what each change means to readers. It does not publish changes of items that are damaged. */
export function startPublisher(table: MemoryTableCore, publish: (event: Published) => void): void {
  table.onChange(({ key, before, after, isExpiry }) => {
    const { bookId, item } = key;
    if (isExpiry === true || after === undefined) return;
    if (item !== 'BOOK' && !item.startsWith('RESULT#')) return;
    const Keys = marshall({ bookId, item });
    const record = { dynamodb: { Keys, NewImage: imageOf(after), OldImage: before && imageOf(before) } };
    for (const { type } of eventsIn(record as DynamoDBRecord)) publish({ key, type, after });
  });
}

function eventsIn(record: DynamoDBRecord): ReturnType<typeof eventsOf> {
  try {
    return eventsOf(record, 'simulated');
  } catch {
    return [];
  }
}

function imageOf(attributes: Attributes) {
  const read = READ.flatMap((name) => (name in attributes ? [[name, attributes[name]] as const] : []));
  return marshall(Object.fromEntries(read), { removeUndefinedValues: true });
}
