import type { CircuitState } from '../../../shared/checklist/circuit-state.ts';
import type { Entries, Entry } from '../../../shared/checklist/entry.ts';
import { DEFAULT_RESULTS } from '../../../shared/checklist/kinds.ts';
import { type Plan, plan } from '../../../shared/checklist/plan.ts';
import type { PlanInput, PlannedBook, PlannedDocument } from '../../../shared/checklist/plan-input.ts';
import type { Answered } from '../../../shared/checklist/transitions.ts';
import type { ObservedDocument } from '../../../shared/events/envelope.ts';
import { observation, second, TIMES } from '../../store/testing/observations.ts';

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Unix milliseconds of the n-th second. */
export const time = (n: number) => Date.parse(second(n));

/** The second of a time of an entry. */
export const secondOf = (iso: string | undefined) => (Date.parse(iso ?? '') - time(0)) / 1000;

export const stored = (n: number, more: Partial<Entry> = {}): Entry => ({
  state: 'stored',
  version: 1,
  since: second(n),
  attempts: 0,
  at: second(n),
  ...more,
});

export const unavailable = (n: number, code = '9006'): Entry => ({
  ...stored(n),
  state: 'unavailable',
  code,
});

export const wanted = (nextAt: number, more: Partial<Entry> = {}): Entry => ({
  state: 'wanted',
  version: 1,
  since: second(0),
  attempts: 0,
  nextAt: second(nextAt),
  ...more,
});

export const pending = (nextAt: number, more: Partial<Entry> = {}): Entry =>
  wanted(nextAt, { state: 'pending', code: '1404', attempts: 1, ...more });

export const expired = (n: number): Entry => ({
  state: 'expired',
  version: 1,
  since: second(n),
  attempts: 20,
  code: 'http-403',
});

export const probe = (more: Partial<Entry> = {}): Entry => ({
  state: 'probe',
  version: 1,
  since: second(0),
  attempts: 0,
  nextAt: second(DAY),
  ...more,
});

/** An answer to a request that started at a second. @param covers when the latest event in hand was received. */
export function answered(
  kind: 'stored' | 'not-yet' | 'refused' | 'permanent' | 'suppressed',
  askedAt: number,
  covers?: number,
): Answered {
  const when = {
    askedAt: second(askedAt),
    covers: covers === undefined ? undefined : second(covers),
    // An answer that covers an event was asked for because of it.
    opens: covers === undefined ? undefined : second(covers),
  };
  switch (kind) {
    case 'not-yet':
      return { class: kind, code: '1404', ...when };
    case 'refused':
      return { class: kind, code: 'http-403', ...when };
    case 'permanent':
      return { class: kind, code: '9006', ...when };
    default:
      return { class: kind, ...when };
  }
}

/** Everything that the default policy wants of a book, stored after it was finished. */
export const BOOK_HAS_ALL: Entries = {
  paystubs: stored(10),
  summary: stored(10),
  'cash-flow': stored(10),
  'enriched-transactions': stored(10),
  signals: stored(10),
  income: unavailable(10),
  classification: unavailable(10),
  'suspicious-activity': unavailable(10),
  analytics: unavailable(10),
};

export const DOCUMENT_HAS_ALL: Entries = { forms: stored(10), transactions: stored(10), signals: stored(10) };

export interface PlannedWith {
  readonly book?: Partial<PlannedBook>;
  readonly status?: string;
  /** What Book status lists; `undefined`: the documents are known to be settled, and are not compared. */
  readonly listed?: readonly ObservedDocument[] | undefined;
  /** By uuid. */
  readonly stored?: Readonly<Record<string, Partial<PlannedDocument>>>;
  readonly policy?: Partial<PlanInput['policy']>;
  readonly circuits?: Readonly<Record<string, CircuitState>>;
  /** Seconds. */
  readonly now?: number;
  readonly isUrgent?: boolean;
}

/** A book that was verified at second 0, with one finished document, of which nothing is missing unless said so. */
export function inputOf(given: PlannedWith = {}): PlanInput {
  const { status = 'VERIFIED', now = 20, circuits = {}, isUrgent = false } = given;
  const listed =
    'listed' in given ? given.listed : [{ docUuid: 'd', status: 'VERIFICATION_COMPLETE' } as const];
  const known = given.stored ?? { d: {} };
  return {
    book: {
      bookId: 'b',
      status,
      generation: 1,
      endedAt: second(0),
      hasResults: true,
      entries: BOOK_HAS_ALL,
      ...given.book,
    },
    documents:
      listed === undefined
        ? undefined
        : {
            observation: observation('b', 0, status, listed),
            stored: new Map(
              Object.entries(known).map(([uuid, more]) => [
                uuid,
                { status: 'VERIFICATION_COMPLETE', version: 1, entries: DOCUMENT_HAS_ALL, ...more },
              ]),
            ),
          },
    policy: { ...DEFAULT_RESULTS, ...given.policy },
    circuit: (kind) => circuits[kind] ?? { state: 'closed' },
    now: time(now),
    times: TIMES,
    isUrgent,
  };
}

export const planWith = (given: PlannedWith = {}): Plan => plan(inputOf(given));

/** What a plan asks for, as `kind subject`. */
export const asksOf = ({ asks }: Plan) => asks.map(({ kind, subject }) => `${kind} ${subject}`).sort();

const { summary: _, ...withoutSummary } = BOOK_HAS_ALL;
export const WITHOUT_SUMMARY = withoutSummary;
