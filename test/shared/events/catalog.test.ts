import { describe, expect, it, test } from 'vitest';
import { isDocumentKind, KINDS, RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import {
  CATALOG,
  catalogEntry,
  EVENT_NAMES,
  type EventName,
  findEventName,
  SEED_EVENT_NAMES,
} from '../../../shared/events/catalog.ts';
import { CHANNELS, type Channel, LOOK_NAME } from '../../../shared/events/channels.ts';
import { sampleBodies } from './testing/fixtures.ts';

it('has exactly the names of which there are samples', () => {
  const names = sampleBodies().map(({ file }) => file.replace(/\.json$/, ''));
  expect([...EVENT_NAMES].sort()).toEqual(names.sort());
});

test('the nine events of the seed page have a channel each, in the order of the page', () => {
  const expected: [string, Channel][] = [
    ['BOOK_VERIFIED', 'book-verified'],
    ['DOC_VERIFIED', 'doc-verified'],
    ['IMAGE_GROUP_VERIFIED', 'image-group-verified'],
    ['ANALYTICS_COMPLETED', 'analytics-completed'],
    ['MIDDESK_VERIFIED', 'middesk-verified'],
    ['SUSPICIOUS_ACTIVITY', 'suspicious-activity'],
    ['document.detect.signal_found', 'detect-signal-found'],
    ['document.detect.signal_not_found', 'detect-signal-not-found'],
    ['document.detect.unable_to_process', 'detect-unable-to-process'],
  ];
  expect(SEED_EVENT_NAMES.map((name) => [name, catalogEntry(name).channel])).toEqual(expected);
});

test.each<[EventName, EventName]>([
  ['book.verified', 'BOOK_VERIFIED'],
  ['document.verification_succeeded', 'DOC_VERIFIED'],
  ['document.verification_failed', 'DOC_VERIFIED'],
  ['image_group.verification_succeeded', 'IMAGE_GROUP_VERIFIED'],
  ['image_group.verification_failed', 'IMAGE_GROUP_VERIFIED'],
  ['book.analytics_completed', 'ANALYTICS_COMPLETED'],
])('%s means the same as %s and shares its channel', (current, legacy) => {
  expect(catalogEntry(current).channel).toBe(catalogEntry(legacy).channel);
});

test('every channel has an event, but for the one of unknown names', () => {
  const used = new Set(EVENT_NAMES.map((name) => catalogEntry(name).channel));
  expect(CHANNELS.filter((channel) => !used.has(channel))).toEqual(['unrecognized']);
});

test('nothing is asked about events of accounts, nor about anything else that is only recorded', () => {
  for (const name of EVENT_NAMES) {
    const { subject, results, bookStatus } = catalogEntry(name);
    if (subject === 'account') expect(bookStatus, name).toBe('never');
    if (bookStatus === 'never') expect(results, name).toEqual([]);
  }
});

test('events without results of their own ask for Book status, unless they are only recorded', () => {
  for (const name of EVENT_NAMES) {
    const { results, bookStatus } = catalogEntry(name);
    if (results.length === 0) expect(bookStatus, name).not.toBe('if-unknown');
  }
});

test('only events that sum up what others have announced do not ask again for what is stored', () => {
  const sums = EVENT_NAMES.filter((name) => catalogEntry(name).reopens === false);
  expect([...sums].sort()).toEqual(['BOOK_VERIFIED', 'book.completed', 'book.verified']);
});

test('every kind that is not wanted anyway is announced by some event: nothing can be missed forever', () => {
  const announced = new Set(EVENT_NAMES.flatMap((name) => catalogEntry(name).results));
  for (const kind of RESULT_KINDS) {
    const isSought = KINDS[kind].defaultPolicy === 'always' || KINDS[kind].probe || isDocumentKind(kind);
    expect(isSought || announced.has(kind), kind).toBe(true);
  }
});

it('has no name that means a look of the poller', () => {
  expect(findEventName(LOOK_NAME)).toBeUndefined();
});

describe('a name is found', () => {
  test.each(EVENT_NAMES)('%s: as it is, in any letter case, between blanks and marked as beta', (name) => {
    const spellings = [name, name.toUpperCase(), name.toLowerCase(), ` ${name}\t\n`, `${name} (BETA)`];
    for (const sent of [...spellings, `${name}(beta)`, `  ${name}  (Beta)  `]) {
      expect(findEventName(sent)).toBe(name);
    }
  });

  test.each([
    '',
    ' ',
    '(BETA)',
    'book',
    'book.verified.',
    'book verified',
    'BOOK-VERIFIED',
    'book.verified (BETA) x',
  ])('%j is not in the catalog', (sent) => {
    expect(findEventName(sent)).toBeUndefined();
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is no event', (name) => {
    expect(findEventName(name)).toBeUndefined();
    expect(Object.hasOwn(CATALOG, name)).toBe(false);
  });
});
