import { expect, test } from 'vitest';
import { announcementsOf, isAboutOrganization, namedId } from './announcements.ts';

test('book.completed stands for what its tasks name', () => {
  const kinds = (body: string) => announcementsOf('book.completed', body).flatMap((one) => one.kinds);
  expect(kinds('{"tasks":["ANALYTICS","INCOME"]}')).toEqual([
    'summary',
    'cash-flow',
    'enriched-transactions',
    'risk-score',
    'income',
    'bank-statement-income',
  ]);
  expect(kinds('{}')).toEqual(['forms', 'transactions']);
  expect(announcementsOf('book.completed', '{"tasks":["DETECT"]}').every(({ isNew }) => !isNew)).toBe(true);
});

test('a request is named by its id, if the body has one', () => {
  expect(announcementsOf('ANALYTICS_COMPLETED', '{}')).toEqual([
    { kinds: ['analytics'], of: 'request', isNew: true },
  ]);
  expect(namedId('request', '{"analytics_request_id":"r-1"}')).toBe('r-1');
  expect(namedId('business', '{"analytics_request_id":"r-1"}')).toBeUndefined();
});

test('an event about sharing or a name from the future announces nothing', () => {
  expect(announcementsOf('book.copy.docs_added', '{}')).toEqual([]);
  expect(announcementsOf('book.from_the_future', '{}')).toEqual([]);
  expect(isAboutOrganization('network.book.funded')).toBe(true);
  expect(isAboutOrganization('book.verified')).toBe(false);
});
