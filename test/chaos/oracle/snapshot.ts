import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { BookItem, DocumentItem, EventItem, ResultItem } from '../../../shared/store/items.ts';
import type { Harness } from '../harness.ts';
import type { Partition } from './partition.ts';

const Keys = z.looseObject({ bookId: z.string(), item: z.string() });

/** Reads the whole table, past all faults. */
export async function readAll({ table }: Harness): Promise<Map<string, Partition>> {
  const partitions = new Map<string, Partition>();
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.client.send(
      new ScanCommand({ TableName: table.name, ExclusiveStartKey, ConsistentRead: true }),
    );
    for (const item of page.Items ?? []) add(partitions, item);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return partitions;
}

/** Reads one partition. */
export async function readPartition({ table }: Harness, bookId: string): Promise<Partition> {
  const partitions = new Map<string, Partition>();
  for await (const item of table.query({ bookId })) add(partitions, item);
  return partitions.get(bookId) ?? emptyPartition(bookId);
}

export function emptyPartition(bookId: string): Partition {
  return { bookId, book: undefined, documents: [], results: [], events: [] };
}

/** Every item is parsed by the schema that readers are promised. */
function add(partitions: Map<string, Partition>, attributes: Record<string, unknown>): void {
  const { bookId, item } = Keys.parse(attributes);
  const partition = partitions.get(bookId) ?? emptyPartition(bookId);
  if (item === 'BOOK') partition.book = BookItem.parse(attributes);
  else if (item.startsWith('DOC#')) partition.documents.push(DocumentItem.parse(attributes));
  else if (item.startsWith('RESULT#')) partition.results.push(ResultItem.parse(attributes));
  else if (item.startsWith('EVENT#')) partition.events.push(EventItem.parse(attributes));
  else return;
  partitions.set(bookId, partition);
}
