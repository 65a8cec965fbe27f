import type { AttributeValue as Attribute } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import type { PublishedEvent } from '../../shared/events/published.ts';
import { FORGOTTEN } from '../../shared/events/statuses.ts';
import { BOOK_ITEM, RESULT_PREFIX } from '../../shared/store/keys.ts';

/** Attributes that events need. Images have many more, and bodies of results. */
const BookImage = z.object({
  bookId: z.string(),
  bookPk: z.optional(z.string()),
  account: z.string(),
  status: z.optional(z.string()),
  generation: z.int(),
  updatedAt: z.string(),
  complete: z.optional(z.boolean()),
  lastComplete: z.optional(z.object({ at: z.string(), digest: z.string() })),
});

const ResultImage = z.object({
  bookId: z.string(),
  kind: z.string(),
  subject: z.string(),
  sha256: z.string(),
  contentType: z.optional(z.string()),
  generation: z.int(),
  fetchedAt: z.string(),
  set: z.optional(
    z.object({
      pages: z.optional(z.int()),
      others: z.optional(z.string()),
      offset: z.optional(z.int()),
    }),
  ),
});

/**
 * Finds what readers learn from a change of the table: nothing about removals, erasures, and writes that change neither the
 * status nor a body. Pure.
 *
 * @throws Error for an item that this version cannot read.
 */
export function eventsOf(record: DynamoDBRecord, stage: string): PublishedEvent[] {
  const { eventID: changeId = '', dynamodb: { Keys, NewImage, OldImage } = {} } = record;
  const item = Keys?.item?.S ?? '';
  if (NewImage === undefined) return [];
  const common = { version: 1, changeId, stage } as const;
  if (item === BOOK_ITEM) return bookEvents(common, read(BookImage, NewImage), readOld(BookImage, OldImage));
  if (item.startsWith(RESULT_PREFIX))
    return resultEvents(common, read(ResultImage, NewImage), readOld(ResultImage, OldImage));
  return [];
}

type Common = Pick<PublishedEvent['detail'], 'changeId' | 'stage'> & { readonly version: 1 };
type Book = z.infer<typeof BookImage>;
type Result = z.infer<typeof ResultImage>;

function bookEvents(common: Common, now: Book, before: Book | undefined): PublishedEvent[] {
  if (now.status === undefined || now.status === FORGOTTEN) return [];
  const { bookId, bookPk, account, generation, status, lastComplete } = now;
  const detail = { ...common, bookId, account, ...(bookPk !== undefined && { bookPk }), generation, status };
  const events: PublishedEvent[] = [];
  if (status !== before?.status) {
    const previousStatus = before?.status;
    const changed = { ...(previousStatus !== undefined && { previousStatus }), changedAt: now.updatedAt };
    events.push({ type: 'book.status_changed', detail: { ...detail, ...changed } });
  }
  const last = before?.lastComplete;
  const isAnother = lastComplete?.at !== last?.at || lastComplete?.digest !== last?.digest;
  if (now.complete === true && lastComplete !== undefined && isAnother)
    events.push({ type: 'book.complete', detail: { ...detail, completeAt: lastComplete.at } });
  return events;
}

function resultEvents(common: Common, now: Result, before: Result | undefined): PublishedEvent[] {
  if (!isWhole(now)) return [];
  const isSame =
    before !== undefined &&
    isWhole(before) &&
    before.sha256 === now.sha256 &&
    before.set?.others === now.set?.others;
  if (isSame) return [];
  const { set: _, ...detail } = now;
  return [{ type: 'result.stored', detail: { ...common, ...detail } }];
}

/** The first page of a result in several pages is written last, and stands for all. */
function isWhole({ set }: Result): boolean {
  return set === undefined || (set.offset === undefined && set.pages !== undefined);
}

type Image = Readonly<Record<string, AttributeValue>>;

function read<S extends z.ZodMiniObject>(schema: S, image: Image): z.output<S> {
  return schema.parse(attributesOf(schema, image));
}

/** An item that cannot be read counts as none: what replaces it is new to readers. */
function readOld<S extends z.ZodMiniObject>(schema: S, image: Image | undefined): z.output<S> | undefined {
  return image === undefined ? undefined : schema.safeParse(attributesOf(schema, image)).data;
}

function attributesOf(schema: z.ZodMiniObject, image: Image) {
  const wanted = Object.keys(schema.shape).flatMap((name) => {
    const value = image[name];
    return value === undefined ? [] : [[name, value as Attribute] as const];
  });
  return unmarshall(Object.fromEntries(wanted));
}
