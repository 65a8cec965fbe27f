import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../functions/publisher/changes.ts';
import { PUBLISHED_EVENTS } from '../../../shared/events/published.ts';

type Image = Readonly<Record<string, unknown>>;

const T = (second: number) => `2026-03-02T08:00:0${second}.000Z`;

const BOOK = { bookId: 'b', item: 'BOOK', account: 'lending', bookPk: '7', generation: 1, updatedAt: T(1) };
const RESULT = {
  ...{ bookId: 'b', item: 'RESULT#forms#d', kind: 'forms', subject: 'd', operation: 'doc-form-data' },
  ...{ sha256: 'a1', generation: 1, fetchedAt: T(1), body: new Uint8Array([1]), summary: {} },
};

/** A change as DynamoDB streams it. */
function changeOf(before: Image | undefined, now: Image | undefined): DynamoDBRecord {
  const { bookId, item } = { ...before, ...now } as Image;
  const of = (image: Image | undefined) =>
    image &&
    (marshall(image, { removeUndefinedValues: true }) as NonNullable<DynamoDBRecord['dynamodb']>['Keys']);
  return {
    eventID: 'change-1',
    eventName: before === undefined ? 'INSERT' : now === undefined ? 'REMOVE' : 'MODIFY',
    dynamodb: {
      ...{ Keys: of({ bookId, item }), SequenceNumber: '1' },
      ...{ OldImage: of(before), NewImage: of(now) },
    } as DynamoDBRecord['dynamodb'],
  };
}

/** The events of a change, which are valid, and their details without what all have. */
function events(before: Image | undefined, now: Image | undefined) {
  return eventsOf(changeOf(before, now), 'prod').map(({ type, detail }) => {
    PUBLISHED_EVENTS[type].parse(detail);
    const { version, changeId, stage, bookId, ...own } = detail;
    expect({ version, changeId, stage, bookId }).toEqual({
      ...{ version: 1, changeId: 'change-1', stage: 'prod', bookId: 'b' },
    });
    return [type, own];
  });
}

describe('a book', () => {
  const OF_BOOK = { account: 'lending', bookPk: '7', generation: 1 };
  const complete = (at: string, digest: string) => ({
    ...{ ...BOOK, status: 'VERIFIED', complete: true, completeAt: at, lastComplete: { at, digest } },
  });

  it('without a status is nothing', () => {
    expect(events(undefined, BOOK)).toEqual([]);
    expect(events(BOOK, { ...BOOK, updatedAt: T(2) })).toEqual([]);
  });

  it('has its first status, and another one', () => {
    const first = { ...BOOK, status: 'VERIFYING' };
    expect(events(BOOK, first)).toEqual([
      ['book.status_changed', { ...OF_BOOK, status: 'VERIFYING', changedAt: T(1) }],
    ]);
    expect(events(first, { ...first, status: 'DELETED', updatedAt: T(2) })).toEqual([
      [
        'book.status_changed',
        { ...OF_BOOK, status: 'DELETED', previousStatus: 'VERIFYING', changedAt: T(2) },
      ],
    ]);
    expect(events(first, { ...first, updatedAt: T(2) })).toEqual([]);
  });

  it('is complete once for the same contents', () => {
    const was = complete(T(1), 'x');
    const open = { ...was, complete: false, completeAt: undefined };
    const COMPLETE = ['book.complete', { ...OF_BOOK, status: 'VERIFIED', completeAt: T(1) }];
    expect(events({ ...BOOK, status: 'VERIFIED', complete: false }, was)).toEqual([COMPLETE]);
    expect(events(was, open)).toEqual([]);
    expect(events(open, was)).toEqual([]);
    expect(events(was, { ...was, updatedAt: T(3) })).toEqual([]);
    expect(events(open, complete(T(2), 'y'))).toEqual([
      [COMPLETE[0], { ...OF_BOOK, status: 'VERIFIED', completeAt: T(2) }],
    ]);
    // Another digest within the same millisecond.
    expect(events(open, complete(T(1), 'y'))).toEqual([COMPLETE]);
  });

  it('is verified and complete with one write', () => {
    expect(events({ ...BOOK, status: 'VERIFYING' }, complete(T(1), 'x')).map(([type]) => type)).toEqual([
      'book.status_changed',
      'book.complete',
    ]);
  });

  it('says nothing when it is forgotten, removed, or expires', () => {
    const was = complete(T(1), 'x');
    expect(events(was, { ...BOOK, status: 'FORGOTTEN', forgottenAt: T(2) })).toEqual([]);
    expect(events(was, undefined)).toEqual([]);
  });

  it('that could not be read before is new', () => {
    const now = { ...BOOK, status: 'VERIFYING' };
    expect(events({ ...now, generation: undefined }, now)).toEqual([
      ['book.status_changed', { ...OF_BOOK, status: 'VERIFYING', changedAt: T(1) }],
    ]);
  });

  it('cannot be read if its generation is missing', () => {
    expect(() => events(undefined, { ...BOOK, generation: undefined })).toThrow();
  });
});

describe('a result', () => {
  const STORED = { kind: 'forms', subject: 'd', sha256: 'a1', generation: 1, fetchedAt: T(1) };

  it('is stored once for the same body', () => {
    expect(events(undefined, RESULT)).toEqual([['result.stored', STORED]]);
    expect(events(RESULT, { ...RESULT, fetchedAt: T(2), answered: 2, generation: 2 })).toEqual([]);
    expect(events(RESULT, { ...RESULT, s3: { bucket: 'c', key: 'k' }, body: undefined })).toEqual([]);
    expect(events(RESULT, { ...RESULT, sha256: 'a2', generation: 2, fetchedAt: T(2) })).toEqual([
      ['result.stored', { ...STORED, sha256: 'a2', generation: 2, fetchedAt: T(2) }],
    ]);
    expect(events(RESULT, undefined)).toEqual([]);
  });

  it('in several pages is stored when the first page is, which stands for all', () => {
    const page = { ...RESULT, set: { id: 's', offset: 100, rows: 100 } };
    expect(events(undefined, page)).toEqual([]);
    const unfinished = { ...RESULT, set: { id: 's' } };
    expect(events(undefined, unfinished)).toEqual([]);
    const first = { ...RESULT, set: { id: 's', pages: 2, others: 'o1' } };
    expect(events(unfinished, first)).toEqual([['result.stored', STORED]]);
    expect(events(RESULT, first)).toEqual([['result.stored', STORED]]);
    expect(events(first, { ...first, set: { id: 't', pages: 2, others: 'o1' } })).toEqual([]);
    expect(events(first, { ...first, set: { id: 't', pages: 2, others: 'o2' } })).toEqual([
      ['result.stored', STORED],
    ]);
  });

  it('names the type of a file', () => {
    expect(events(undefined, { ...RESULT, contentType: 'application/pdf' })).toEqual([
      ['result.stored', { ...STORED, contentType: 'application/pdf' }],
    ]);
  });
});

it('of anything else is nothing', () => {
  for (const item of ['DOC#d', 'EVENT#2026-03-02T08:00:00.000Z#x', 'CIRCUIT#default']) {
    expect(events(undefined, { bookId: 'b', item, status: 'VERIFIED' })).toEqual([]);
  }
});
