import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { readFixture } from '../upgraded-system.ts';
import { UPGRADED_BOOKS } from './expectations.ts';

const FILE = join(import.meta.dirname, 'fixture.json');
const fixture = readFixture(FILE);
const some = expect.anything();

/** Partition, item, and what is special about it: each state that a stage of version 0.1.0 may be left in. */
const STATES: readonly (readonly [bookId: string, item: string, shows: object])[] = [
  ['settled', 'BOOK', { complete: true, completed: some, settled: some, dueAt: some }],
  ['settled', 'EVENT#', { outcome: 'unchanged' }],
  ['settled', 'EVENT#', { outcome: 'refused' }],
  ['named', 'EVENT#', { outcome: 'applied' }],
  ['settled-old', 'BOOK', { complete: true, 'need#summary': { state: 'unavailable', code: '9003' } }],
  ['probe-first', 'BOOK', { 'need#classification': { state: 'probe', attempts: 0 } }],
  ['probe-second', 'BOOK', { 'need#classification': { state: 'probe', refusals: 1 } }],
  ['probe-over', 'BOOK', { 'need#classification': { state: 'unavailable', code: 'http-403' } }],
  ['probe-repeated', 'BOOK', { 'need#income': { state: 'probe', code: '9004' } }],
  ['upgraded', 'BOOK', { generation: 2, complete: true }],
  ['upgraded', 'DOC#', { version: 2, 'need#forms': { state: 'stored', version: 2 } }],
  ['rejected', 'DOC#', { status: 'REJECTED', rejectionReason: some }],
  ['classified', 'BOOK', { bookClass: 'INSTANT_CLASSIFY_ONLY', complete: true }],
  ['discovered', 'BOOK', { source: 'poll', xid: 'loan-10' }],
  ['unlisted', 'DOC#unlisted-d2', { status: 'UNLISTED' }],
  ['deleted', 'BOOK', { status: 'DELETED' }],
  ['processing', 'BOOK', { status: 'VERIFYING', complete: false }],
  ['processing', 'DOC#processing-d1', { 'need#forms': { state: 'stored' } }],
  ['forms-late', 'DOC#', { 'need#forms': { state: 'pending', code: '1404' } }],
  ['forms-late', 'EVENT#', { outcome: 'waiting', source: 'webhook' }],
  ['signals-late', 'BOOK', { 'need#signals': { state: 'pending', code: 'detect-pending' } }],
  ['detect-absent', 'BOOK', { 'need#signals': { code: 'detect-absent', partialSince: some } }],
  ['job', 'BOOK', { 'need#enriched-transactions': { state: 'pending', job: 'job-17', jobAt: some } }],
  ['refused', 'BOOK', { 'need#paystubs': { state: 'wanted', code: 'http-403', refusals: some } }],
  ['expired', 'BOOK', { 'need#summary': { state: 'expired' }, open: ['forms', 'summary'] }],
  ['expired', 'DOC#', { 'need#forms': { state: 'expired' } }],
  ['reverified', 'BOOK', { generation: 2, 'need#summary': { version: 1 } }],
  ['reverified', 'DOC#reverified-d1', { version: 2, 'need#forms': { version: 1 } }],
  ['early', 'BOOK', { 'need#summary': { state: 'stored', early: true } }],
  ['early', 'DOC#early-d2', { 'need#signals': { state: 'stored', early: true } }],
  ['remembered', 'BOOK', { 'need#forms#group-60023': { state: 'probe', openedAt: some } }],
  ['held', 'BOOK', { hold: { until: some, by: some } }],
  ['round', 'BOOK', { round: { count: 1, sentAt: some }, 'need#paystubs': { state: 'wanted' } }],
  ['stuck', 'BOOK', { stuck: true }],
  ['retrying', 'EVENT#', { outcome: 'retrying', codes: some }],
  ['circuit-open', 'BOOK', { 'need#income': { state: 'wanted', code: 'circuit-open' } }],
  ['circuit', 'south#income', { openedAt: some, canaryAt: some }],
  ['not-served', 'BOOK', { account: 'south' }],
  ['not-served', 'BOOK', { 'need#suspicious-activity': { state: 'unavailable', code: 'not-served' } }],
  ['group', 'DOC#', { imageGroupPk: '60031' }],
  ['split', 'DOC#split-pdf', { mixed: true }],
  ['split', 'DOC#split-d1', { otherUuid: 'split-d1-part' }],
  ['pages', 'RESULT#enriched-transactions#pages', { set: { pages: 3 } }],
  ['pages-left', 'RESULT#enriched-transactions#pages-left@', { set: { offset: 2, first: some } }],
  ['large', 'RESULT#forms#', { s3: { key: some } }],
  ['named', 'BOOK', { 'need#business#middesk-36': { state: 'pending', code: 'middesk-pending' } }],
  ['named', 'BOOK', { 'need#analytics#request-36': { state: 'pending' } }],
  ['named', 'RESULT#income#named', { generation: 2 }],
  ['named-only', 'BOOK', { refused: { code: '1401', notFound: some } }],
  ['not-found', 'BOOK', { status: 'NOT_FOUND' }],
  ['lost', 'BOOK', { status: 'NOT_FOUND', 'need#paystubs': { state: 'stored' } }],
  ['forbidden', 'BOOK', { refused: { code: '2102' } }],
  ['elsewhere', 'BOOK', { refused: { elsewhere: true } }],
  ['forgotten', 'BOOK', { status: 'FORGOTTEN', forgottenAt: some }],
  ['forgotten', 'EVENT#', { outcome: 'forgotten' }],
  ['pk-90043', 'BOOK', { status: 'FORGOTTEN', bookUuid: 'forgotten' }],
  ['pk-90044', 'BOOK', { status: 'FORGOTTEN' }],
  ['pk-90045', 'BOOK', { 'need#forms#known-by-pk-d1': { state: 'wanted' } }],
  ['pk-90045', 'BOOK', { 'need#business#middesk-45': { state: 'wanted' } }],
  ['account', 'OPEN#signals#without-book-d1', { entry: { state: 'wanted' }, dueAt: some }],
  ['account', 'EVENT#', { outcome: 'unrecognized' }],
  ['limiter', 'LIGHT', { nextAt: some }],
  ['poller', 'CURSOR#north', { lastPk: some }],
];

describe('the fixture of version 0.1.0', () => {
  it.each(STATES)('has %s %s', (bookId, item, shows) => {
    const found = fixture.table.filter((one) => one.bookId === bookId && String(one.item).startsWith(item));
    expect(found).toContainEqual(expect.objectContaining(matching(shows)));
  });

  it('has a book that is no longer polled, and one without an item', () => {
    const old = fixture.table.find(({ bookId, item }) => bookId === 'settled-old' && item === 'BOOK');
    expect(old).not.toHaveProperty('dueAt');
    expect(fixture.table.filter(({ bookId }) => bookId === 'unseen')).toEqual([]);
  });

  it('has messages in every queue, and a dead letter', () => {
    for (const [channel, messages] of Object.entries(fixture.queues))
      expect(messages, channel).not.toEqual([]);
    expect(Object.values(fixture.deadLetters).flat()).toHaveLength(1);
  });

  test.each([
    ['of the poller with what it wants', { source: 'poll', wants: some, observation: some }],
    ['of the poller about a status', { eventName: 'poll.status' }],
    ['of the poller about a document without a book', { eventName: 'poll.signals' }],
    ['that may test a circuit', { canaries: ['income'] }],
    ['that an operator has asked for', { urgent: true }],
    ['that was sent again', { repeated: true }],
    ['whose body is in the bucket', { payload: expect.objectContaining({ encoding: 's3' }) }],
    ['about a forgotten book', { ids: expect.objectContaining({ bookUuid: 'forgotten' }) }],
  ])('has a message %s', (_, shows) => {
    const bodies = Object.values(fixture.queues).flatMap((messages) => messages.map(({ body }) => body));
    expect(bodies).toContainEqual(expect.objectContaining(shows));
  });

  it('has messages that were received before, and one that is delayed', () => {
    const messages = Object.values(fixture.queues).flat();
    expect(messages.filter(({ receiveCount }) => receiveCount > 1).length).toBeGreaterThan(2);
    expect(messages.some(({ visibleAt }) => visibleAt > Date.parse(fixture.at))).toBe(true);
  });

  it('says of every book which state it shows', () => {
    expect(fixture.index.map(({ bookId, shows }) => [bookId, shows])).toEqual(
      UPGRADED_BOOKS.map(({ bookId, shows }) => [bookId, shows]),
    );
  });

  it('is small', () => {
    expect(readFileSync(FILE).length).toBeLessThanOrEqual(300_000);
  });
});

/** The same at any depth: an entry has more than is named. */
function matching(shows: object): Record<string, unknown> {
  const isPlain = (value: unknown): value is object => Object.getPrototypeOf(value) === Object.prototype;
  const entries = Object.entries(shows).map(([name, value]) => [
    name,
    isPlain(value) ? expect.objectContaining(matching(value)) : value,
  ]);
  return Object.fromEntries(entries);
}
