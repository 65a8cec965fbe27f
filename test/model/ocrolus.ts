import { DAY } from './entry.ts';
import {
  type Body,
  type BookKind,
  type BookStatus,
  type Digest,
  type Doc,
  type DocStatus,
  isDoc,
} from './table.ts';

/** Ocrolus: one book with two documents, the results computed from them, what happens to them, and what it answers. */

/** Content of one delivery. */
export type WorldEvent =
  | { readonly name: 'doc'; readonly doc: Doc }
  | { readonly name: 'book' | 'analytics' | 'income' };

/** A result of the book. Until `from`, the revision before is answered. */
interface Computed {
  revision: number;
  before: number;
  from: number;
  isReady: boolean;
}

export interface Truth {
  book: BookStatus;
  docs: Record<Doc, { status: DocStatus; revision: number }>;
  /** Book status shows this until `until`. */
  shownBefore?: Digest & { readonly until: number };
  summary: Computed;
  income: Computed;
  /** Its forms are not there yet. */
  withheld?: Doc | undefined;
  /** Revisions that the table must have in the end: those announced, and those that follow from a visible change. */
  due: Partial<Record<BookKind | Doc, number>>;
}

export function newTruth(): Truth {
  return {
    book: 'processing',
    docs: { X: { status: 'processing', revision: 0 }, Y: { status: 'processing', revision: 0 } },
    summary: { revision: 0, before: 0, from: 0, isReady: false },
    income: { revision: 0, before: 0, from: 0, isReady: false },
    due: {},
  };
}

export function bookStatus({ book, docs, shownBefore }: Truth, now: number): Digest {
  if (shownBefore !== undefined && now < shownBefore.until)
    return { book: shownBefore.book, docs: shownBefore.docs };
  return { book, docs: { X: docs.X.status, Y: docs.Y.status } };
}

/** What Ocrolus answers when it is asked for a result. `undefined`: not yet. */
export function answerOf(truth: Truth, name: BookKind | Doc, now: number): Body | undefined {
  if (isDoc(name)) return formsOf(truth, name);
  // Pay stubs of all documents, which have no event of their own.
  if (name === 'stubs') return { ...formsOf(truth, 'X'), ...formsOf(truth, 'Y') };
  const { isReady, from, before, revision } = truth[name];
  const shown = now < from ? before : revision;
  return isReady && shown > 0 ? { [name]: shown } : undefined;
}

function formsOf({ docs, withheld }: Truth, doc: Doc): Body | undefined {
  const { status, revision } = docs[doc];
  return status === 'verified' && withheld !== doc ? { [doc]: revision } : undefined;
}

type Change = (truth: Truth, now: number) => unknown;

/** One thing that happens at Ocrolus. `events`: what it announces. */
export interface Step {
  readonly change?: Change | undefined;
  readonly events?: readonly WorldEvent[];
  /** At most one of its events is lost: the other one has to suffice. */
  readonly losesOne?: true;
}

const doc = (name: Doc): WorldEvent => ({ name: 'doc', doc: name });
const BOOK: WorldEvent = { name: 'book' };
const ANALYTICS: WorldEvent = { name: 'analytics' };
const step = (change?: Change, ...events: readonly WorldEvent[]): Step => ({ change, events });
/** Time until corrected results of the book are computed: less than the grace. */
const RECOMPUTED_AFTER = 5;

const STEPS = {
  verifyX: step((truth) => verify(truth, 'X'), doc('X')),
  verifyY: step((truth) => verify(truth, 'Y'), doc('Y')),
  /** A book of the Classify or ISO class: each document decides when it has ended. */
  classifyX: step((truth) => classify(truth, 'X')),
  classifyY: step((truth) => classify(truth, 'Y')),
  rejectY: step((truth) => setStatus(truth, 'Y', 'rejected'), doc('Y')),
  removeY: step((truth) => setStatus(truth, 'Y', 'unlisted')),
  reopenX: step((truth) => reopen(truth, 'X')),
  reopenY: step((truth) => reopen(truth, 'Y')),
  verifyBook: step((truth) => {
    truth.book = 'verified';
    truth.summary.isReady = false;
  }, BOOK),
  compute: step((truth, now) => renew(truth, 'summary', now), ANALYTICS),
  computeSilently: step((truth, now) => renew(truth, 'summary', now)),
  editAnalytics: step((truth, now) => truth.summary.isReady && renew(truth, 'summary', now), ANALYTICS),
  editX: step((truth) => edit(truth, 'X'), doc('X')),
  announceX: step(undefined, doc('X')),
  announceY: step(undefined, doc('Y')),
  announceBook: step(undefined, BOOK),
  announceAnalytics: step(undefined, ANALYTICS),

  /** A person corrects a document of a verified book, and everything is computed again. No status shows it. */
  correctX: { ...step(correct(0), doc('X'), BOOK), losesOne: true },
  correctXSlowly: { ...step(correct(RECOMPUTED_AFTER), doc('X'), BOOK), losesOne: true },
  /** Before half an hour has passed, only the event of the document says so. */
  correctXAtOnce: step(correct(0), doc('X')),
  /** The second of two corrections within seconds, which only the book announces. */
  correctXSilently: step(correct(0), BOOK),
  /** Ocrolus does not answer the forms of X until the last correction. */
  withholdX: step((truth) => {
    truth.withheld = 'X';
  }),
  correctXAtLast: step((truth, now) => {
    truth.withheld = undefined;
    correct(0)(truth, now);
  }, doc('X')),
  computeIncome: step((truth, now) => renew(truth, 'income', now), { name: 'income' }),
  computeIncomeIn2Days: step((truth, now) => renew(truth, 'income', now + 2 * DAY)),

  // Not steps of Ocrolus: everything that is known is processed, every status is stored, and half an hour passes.
  quiet: step(),
  // Ends when the first body of each finished document is stored.
  pause: step(),
  // Ends half an hour after statuses and summary are stored.
  wait: step(),
} satisfies Record<string, Step>;

export type StepName = keyof typeof STEPS;

export function stepOf(name: StepName): Step {
  return STEPS[name];
}

/** @param text names of steps, with spaces between. */
export function stepsOf(text: string): readonly StepName[] {
  return text.split(' ').map((name) => {
    const known = (Object.keys(STEPS) as StepName[]).find((one) => one === name);
    if (known === undefined) throw new Error(`no step ${name}`);
    return known;
  });
}

function setStatus(truth: Truth, name: Doc, status: DocStatus): void {
  truth.docs[name].status = status;
}

function verify(truth: Truth, name: Doc): void {
  setStatus(truth, name, 'verified');
  edit(truth, name);
}

function edit(truth: Truth, name: Doc): void {
  truth.docs[name].revision += 1;
  truth.due[name] = truth.docs[name].revision;
}

function reopen(truth: Truth, name: Doc): void {
  setStatus(truth, name, 'processing');
  if (truth.book === 'verified') truth.book = 'processing';
}

function classify(truth: Truth, name: Doc): void {
  setStatus(truth, name, 'classified');
  truth.book = 'by document';
}

function renew(truth: Truth, kind: 'summary' | 'income', from: number): void {
  const { revision } = truth[kind];
  truth[kind] = { revision: revision + 1, before: revision, from, isReady: true };
  truth.due[kind] = revision + 1;
}

function correct(delay: number): Change {
  return (truth, now) => {
    edit(truth, 'X');
    if (truth.summary.isReady) renew(truth, 'summary', now + delay);
    if (truth.income.isReady) renew(truth, 'income', now);
  };
}
