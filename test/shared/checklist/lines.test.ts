import { describe, expect, it, test } from 'vitest';
import type { CircuitState } from '../../../shared/checklist/circuit-state.ts';
import type { Entries, Entry } from '../../../shared/checklist/entry.ts';
import { DEFAULT_RESULTS, RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import {
  type CheckedBook,
  type CheckedDocument,
  isDerived,
  isDue,
  isExpired,
  isGone,
  isOpen,
  isSuppressed,
  isUntried,
  type Line,
  linesOf,
  policyFor,
  type Rules,
} from '../../../shared/checklist/lines.ts';
import { second, TIMES } from '../store/testing/observations.ts';

const CLASSIFYING = ['INSTANT_CLASSIFY_ONLY', 'INSTANT_CLASSIFY_ISO_CAPTURE'] as const;

import { DAY, marked, probe, stored, time, tried } from './testing/entries.ts';

/** A book whose capture has ended. */
const BOOK: CheckedBook = {
  bookId: 'b',
  status: 'VERIFIED',
  endedAt: second(0),
  hasResults: true,
  entries: {},
};
const DOCUMENT: CheckedDocument = {
  docUuid: 'd',
  status: 'VERIFICATION_COMPLETE',
  observedAt: second(0),
  entries: {},
};
const OPEN: CircuitState = { state: 'open', since: second(0), code: 'http-403' };

/** @param now the second. */
const rules = (more: Partial<Rules> = {}, now = 20): Rules => ({
  policy: DEFAULT_RESULTS,
  circuit: () => ({ state: 'closed' }),
  times: TIMES,
  now: time(now),
  ...more,
});

const nameOf = ({ want: { kind, subject } }: Line) => `${kind} ${subject}`;
const openOf = (
  book: Partial<CheckedBook>,
  documents: readonly Partial<CheckedDocument>[] = [],
  given = rules(),
) =>
  linesOf(
    { ...BOOK, ...book },
    documents.map((one) => ({ ...DOCUMENT, ...one })),
    given,
  )
    .filter(isOpen)
    .map(nameOf);

/** The line of one result of the book. */
function lineOf(entry: Entry | undefined, given = rules(), kind: keyof Entries = 'summary'): Line {
  const entries: Entries = entry === undefined ? {} : { [kind]: entry };
  const line = linesOf({ ...BOOK, entries }, [], given).find(({ want }) => want.kind === kind);
  if (line === undefined) throw new Error('no such line');
  return line;
}

describe('of a book is open', () => {
  const WANTED = ['cash-flow b', 'enriched-transactions b', 'paystubs b', 'signals b', 'summary b'];

  it('what the policy wants, once capture has ended with results', () => {
    expect(openOf({}).sort()).toEqual(WANTED);
    expect(openOf({ endedAt: undefined })).toEqual([]);
    expect(openOf({ hasResults: false })).toEqual([]);
  });

  it('the classification of a book without results, too', () => {
    const always = rules({ policy: { ...DEFAULT_RESULTS, classification: 'always' } });
    expect(openOf({ hasResults: false }, [], always)).toEqual(['classification b']);
  });

  it('what was marked, at any time', () => {
    const entries = { income: marked, 'analytics#r': marked, 'business#x': marked, signals: stored(0) };
    expect(openOf({ endedAt: undefined, entries }).sort()).toEqual(['analytics r', 'business x', 'income b']);
  });

  it('nothing that was answered since', () => {
    const all = WANTED.map((name) => [name.split(' ')[0], stored(1)]);
    expect(openOf({ entries: Object.fromEntries(all) })).toEqual([]);
  });

  it('nothing that the policy never wants, even if it was marked', () => {
    const never = rules({ policy: { ...DEFAULT_RESULTS, summary: 'never', income: 'never' } });
    expect(openOf({ entries: { income: marked } }, [], never)).not.toContain('income b');
    expect(openOf({}, [], never)).toHaveLength(WANTED.length - 1);
  });

  it.each(['DELETED', 'NOT_FOUND', 'FORGOTTEN', 'UNLISTED'])('nothing, if it is %s', (status) => {
    expect(openOf({ status, entries: { summary: marked } }, [{}])).toEqual([]);
    expect(isGone(status)).toBe(true);
  });

  it.each(CLASSIFYING)(
    'in class %s: the classification, and everything else if a document was captured',
    (bookClass) => {
      const entries = { income: marked };
      const classified = { bookClass, hasResults: false, entries };
      expect(openOf(classified).sort()).toEqual(['classification b', 'income b']);
      expect(openOf({ bookClass }).sort()).toEqual([...WANTED, 'classification b'].sort());
    },
  );
});

describe('of a document are open', () => {
  const { endedAt: _, ...active } = BOOK;
  const open = (document: Partial<CheckedDocument>, given = rules()) =>
    openOf({ ...active, endedAt: undefined }, [document], given);

  it('its forms and transactions, once it has results', () => {
    expect(open({})).toEqual(['forms d', 'transactions d']);
    expect(open({ entries: { forms: stored(0), transactions: marked } })).toEqual(['transactions d']);
    for (const status of ['VERIFYING', 'REJECTED', 'UNLISTED', 'DELETED'])
      expect(open({ status })).toEqual([]);
    expect(open({ mixed: true })).toEqual([]);
  });

  it('they are asked for after the grace time, in which an event may announce them', () => {
    const [line] = linesOf(BOOK, [{ ...DOCUMENT, observedAt: second(5) }], rules()).slice(-1);
    if (line === undefined) throw new Error('no line');
    expect([isUntried(line), isDue(line, time(604)), isDue(line, time(605))]).toEqual([false, false, true]);
    expect(line.entry.tries).toBe(0);
  });

  it('its signals only if an event has named them, whatever its status', () => {
    for (const status of ['VERIFYING', 'VERIFICATION_COMPLETE'])
      expect(open({ status, entries: { signals: marked } })).toContain('signals d');
    expect(open({ status: 'UNLISTED', entries: { signals: marked } })).toEqual([]);
  });

  it('what the policy wants', () => {
    const never = rules({ policy: { ...DEFAULT_RESULTS, forms: 'never', signals: 'never' } });
    expect(open({ entries: { signals: marked } }, never)).toEqual(['transactions d']);
  });
});

const policy = { ...DEFAULT_RESULTS, forms: 'announced', income: 'always', summary: 'never' } as const;
it.each([
  ['forms', undefined, 'always'],
  ['forms', CLASSIFYING[0], 'always'],
  ['income', undefined, 'always'],
  ['income', CLASSIFYING[1], 'always'],
  ['summary', CLASSIFYING[0], 'never'],
  ['classification', undefined, 'announced'],
  ['classification', 'INSTANT', 'announced'],
  ['classification', CLASSIFYING[0], 'always'],
  ['classification', CLASSIFYING[1], 'always'],
] as const)('the policy for %s in class %s is %s', (kind, book, expected) => {
  expect(policyFor(policy, kind, book)).toBe(expected);
});

describe('a line', () => {
  const states = (entry: Entry | undefined, now = 20, given = rules()) => {
    const line = lineOf(entry, given);
    return { open: isOpen(line), untried: isUntried(line), due: isDue(line, time(now)) };
  };

  it.each<[string, Entry | undefined, number, ReturnType<typeof states>]>([
    ['wanted by the policy', undefined, 0, { open: true, untried: true, due: true }],
    ['marked', marked, 0, { open: true, untried: true, due: true }],
    ['marked since it was tried', tried({ tried: 4 }), 0, { open: true, untried: true, due: true }],
    ['tried', tried(), 599, { open: true, untried: false, due: false }],
    ['tried some time ago', tried(), 600, { open: true, untried: false, due: true }],
    ['given up', tried({ nextAt: undefined }), 999, { open: true, untried: false, due: false }],
    ['stored', stored(0), 999, { open: false, untried: false, due: false }],
    ['to be probed', { ...stored(0), nextAt: second(600) }, 599, { open: false, untried: false, due: false }],
    ['probed now', { ...stored(0), nextAt: second(600) }, 600, { open: false, untried: false, due: true }],
  ])('%s', (_what, entry, now, expected) => {
    expect(states(entry, now)).toEqual(expected);
  });

  it('is expired when it is asked for monthly at most', () => {
    const usual = { ...tried(), since: second(0), nextAt: second(30 * DAY + 600) };
    expect(isExpired(lineOf(usual), rules())).toBe(false);
    expect(isExpired(lineOf({ ...usual, nextAt: second(60 * DAY + 1) }), rules())).toBe(true);
    expect(isExpired(lineOf({ ...usual, nextAt: undefined }), rules())).toBe(true);
    expect(isExpired(lineOf({ ...usual, nextAt: undefined, wanted: 6 }), rules())).toBe(false);
    expect(isExpired(lineOf({ ...usual, nextAt: undefined, answered: 5 }), rules())).toBe(false);
  });

  it('of a kind that is not served is neither missing nor asked for', () => {
    const refused = rules({ circuit: () => ({ ...OPEN, code: '1203' }) }, DAY);
    const nothing = { open: false, untried: false, due: false };
    for (const entry of [marked, tried(), { ...stored(0), nextAt: second(0) }])
      expect(states(entry, DAY, refused)).toEqual(nothing);
    expect(states(marked, DAY, rules({ circuit: () => OPEN }, DAY - 1)).open).toBe(true);
    // Other books lack it, and this one may have it.
    const lacking = rules({ circuit: () => ({ ...OPEN, code: '1501' }) }, DAY);
    expect(states(marked, DAY, lacking).open).toBe(true);
    expect(states(tried({ code: '1501' }), DAY, lacking).open).toBe(false);
  });

  it('is suppressed while its circuit is open, unless others only lack it, and it was not refused itself', () => {
    const open = (code: string) =>
      rules({ circuit: (kind) => (kind === 'summary' ? { ...OPEN, code } : { state: 'closed' }) });
    expect(isSuppressed(lineOf(marked), open('1203'))).toBe(true);
    expect(isSuppressed(lineOf(marked), open('http-403'))).toBe(false);
    expect(isSuppressed(lineOf(tried()), open('http-403'))).toBe(true);
    expect(isSuppressed(lineOf(marked), open('1501'))).toBe(false);
    expect(isSuppressed(lineOf(tried({ code: '1501' })), open('1501'))).toBe(true);
    expect(isSuppressed(lineOf(probe(0), rules(), 'income'), open('http-403'))).toBe(false);
  });
});

test('kinds that are computed from what the documents contain', () => {
  expect(RESULT_KINDS.filter(isDerived).sort()).toEqual(
    'bank-statement-income cash-flow enriched-transactions income paystubs risk-score summary workbook'.split(
      ' ',
    ),
  );
});
