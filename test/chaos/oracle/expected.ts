import type { ResultAnswer, Truth } from '../../../infra/local/ocrolus/index.ts';
import { RESULT_KINDS, type ResultKind } from '../../../shared/events/catalog.ts';
import type { Announced } from '../scripts/announcements.ts';

/** When a result must be in the table. */
type Wanted =
  /** Of every document with results. */
  | 'of-document'
  /** Of every finished book in which some document has results. */
  | 'of-book'
  /** `announced`, and found by a probe where the announcement was lost. */
  | 'probed'
  /** `announced`, under the id that the event names: no call lists these. */
  | 'named'
  /** Compared by document, see `signals.ts`. */
  | 'detect';

/**
 * The policies of a stage without settings (docs/design.md#policies), repeated on purpose. A kind without an entry does
 * not compile; one with an empty list is not asked for unless a stage says so.
 */
const WANTED: Readonly<Record<ResultKind, readonly Wanted[]>> = {
  forms: ['of-document'],
  transactions: ['of-document'],
  paystubs: ['of-book'],
  summary: ['of-book'],
  'cash-flow': ['of-book'],
  'enriched-transactions': ['of-book'],
  income: ['probed'],
  'suspicious-activity': ['probed'],
  classification: ['probed'],
  analytics: ['probed', 'named'],
  business: ['named'],
  signals: ['detect'],
  'risk-score': [],
  'bank-statement-income': [],
};

const kindsOf = (wanted: Wanted) => RESULT_KINDS.filter((kind) => WANTED[kind].includes(wanted));
const OF_DOCUMENTS = kindsOf('of-document');
const OF_BOOKS = kindsOf('of-book');
const PROBED = kindsOf('probed');
const NAMED = kindsOf('named');

/** One result that must be in the table. */
export interface ExpectedResult {
  readonly kind: ResultKind;
  /** As in the table. */
  readonly subject: string;
  readonly answer: ResultAnswer;
  readonly because: 'always' | 'probe' | 'announced';
  /** Whether it must be the very body that Ocrolus has now: a later change of the book may have changed it. */
  readonly isExact: boolean;
  /** The announcement of its latest change was lost, at this time (Unix milliseconds): an older body is right. */
  readonly lostChangeAt: number | undefined;
}

export interface Expectation {
  /** Ocrolus has it, and the policy wants it. Signals are compared by document (`signals.ts`). */
  readonly results: readonly ExpectedResult[];
  /** Kinds that the policy always wants, and of which Ocrolus does not have something yet. */
  readonly notYet: ReadonlySet<ResultKind>;
  /** As above, whatever the policy says: an event may have announced it too early. */
  readonly perhapsNotYet: ReadonlySet<ResultKind>;
}

/** @param changes how often the book's documents have changed. */
export function expectationOf(truth: Truth, announced: readonly Announced[], changes: number): Expectation {
  const { bookUuid, documents } = truth;
  const results: ExpectedResult[] = [];
  const notYet = new Set<ResultKind>();
  const answers = new Map(truth.results.map((answer) => [`${answer.kind} ${answer.subject}`, answer]));
  const latest = (kind: ResultKind, subject: string) =>
    announced.find((one) => one.kind === kind && one.subject === subject);
  const expect = (because: ExpectedResult['because'], kind: ResultKind, subject: string) => {
    const answer = answers.get(`${kind} ${subject}`);
    if (answer === undefined) return;
    if (because === 'always' && isNotYet(answer)) notYet.add(kind);
    if (answer.status !== 200) return;
    const announcement = latest(kind, subject.replace('@summary', ''));
    const isLost = because !== 'always' && announcement?.isAccepted === false;
    results.push({
      kind,
      subject,
      answer,
      because,
      // Until the book is finished, its documents change without an event.
      isExact: because !== 'announced' || (kind !== 'classification' && announcement?.change === changes),
      lostChangeAt: isLost ? announcement?.at : undefined,
    });
  };

  for (const { uuid, status } of documents) {
    if (status !== 'VERIFICATION_COMPLETE') continue;
    for (const kind of OF_DOCUMENTS) expect('always', kind, uuid);
  }
  const isFinished = truth.status === 'VERIFIED';
  const hasResults = documents.some(({ status }) => status === 'VERIFICATION_COMPLETE');
  if (isFinished && hasResults) for (const kind of OF_BOOKS) expect('always', kind, bookUuid);
  for (const kind of PROBED) {
    const isProbed = isFinished && (hasResults || kind === 'classification');
    if (!isProbed && latest(kind, bookUuid)?.wasAccepted !== true) continue;
    for (const subject of [bookUuid, `${bookUuid}@summary`])
      expect(isProbed ? 'probe' : 'announced', kind, subject);
  }
  for (const { kind, subject, wasAccepted } of announced) {
    if (!wasAccepted || subject === bookUuid) continue;
    if (NAMED.includes(kind)) expect('announced', kind, subject);
  }
  const isPending = ({ detect }: { detect: string }) => detect === 'pending';
  const captured = documents.filter(({ status }) => status === 'VERIFICATION_COMPLETE');
  if (isFinished && captured.some(isPending)) notYet.add('signals');
  const perhapsNotYet = new Set(notYet);
  for (const kind of [...OF_DOCUMENTS, ...OF_BOOKS, ...PROBED]) {
    if (truth.results.some((answer) => answer.kind === kind && isNotYet(answer))) perhapsNotYet.add(kind);
  }
  if (documents.some(isPending)) perhapsNotYet.add('signals');
  return { results, notYet, perhapsNotYet };
}

/** 425, or a code that says that documents are still being processed (docs/ocrolus.md#error-codes). */
function isNotYet({ status, body }: ResultAnswer): boolean {
  return status === 425 || (status >= 400 && /"code": ?(1404|1511|9004)\b/.test(body.toString('utf8')));
}
