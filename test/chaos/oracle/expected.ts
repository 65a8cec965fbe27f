import type { Expected, ExpectedAnswer, ExpectedOperation } from '../../../infra/local/ocrolus/index.ts';
import { RESULT_KINDS, type ResultKind } from '../../../shared/events/catalog.ts';
import type { Announced } from '../scripts/announcements.ts';

/** When a result must be in the table, and the vendor's calls that it is the answer of. */
interface Wanted {
  /** `always`, of every document with results. */
  readonly ofDocument?: ExpectedOperation;
  /** `always`, of every finished book in which some document has results. */
  readonly ofBook?: ExpectedOperation;
  /** `announced`, and found by a probe where the announcement was lost. */
  readonly probed?: readonly ExpectedOperation[];
  /** `announced`, under the id that the event names: no call lists these. */
  readonly named?: ExpectedOperation;
  /** Compared by document, see `signals.ts`. */
  readonly isDetect?: true;
}

/** Not asked for unless a stage says so. */
const NEVER: Wanted = {};

/**
 * The policies of a stage without settings (docs/design.md#policies), repeated on purpose. A kind without an
 * entry, or whose call the simulator's truth does not have, does not compile.
 */
const WANTED: Readonly<Record<ResultKind, Wanted>> = {
  forms: { ofDocument: 'doc-form-data' },
  transactions: { ofDocument: 'transactions' },
  paystubs: { ofBook: 'book-paystub-data' },
  summary: { ofBook: 'Book-summary' },
  'cash-flow': { ofBook: 'cash-flow-features' },
  'enriched-transactions': { ofBook: 'enriched-transactions' },
  income: { probed: ['income-calculations', 'income-summary'] },
  'suspicious-activity': { probed: ['suspicious-activity-flags'] },
  classification: { probed: ['classification-summary'] },
  analytics: { probed: ['analytics'], named: 'async-analytics-result' },
  business: { named: 'retrieve-business' },
  signals: { isDetect: true },
  'risk-score': NEVER,
  'bank-statement-income': NEVER,
};

type WantedCall = readonly [ResultKind, ExpectedOperation];

const callsOf = (select: (wanted: Wanted) => ExpectedOperation | readonly ExpectedOperation[] | undefined) =>
  RESULT_KINDS.flatMap((kind): WantedCall[] =>
    [select(WANTED[kind]) ?? []].flat().map((operation) => [kind, operation]),
  );

const OF_DOCUMENTS = callsOf(({ ofDocument }) => ofDocument);
const OF_BOOKS = callsOf(({ ofBook }) => ofBook);
const PROBED = callsOf(({ probed }) => probed);
const NAMED = callsOf(({ named }) => named);

/** One result that must be in the table. */
export interface ExpectedResult {
  readonly kind: ResultKind;
  /** As in the table. */
  readonly subject: string;
  readonly answer: ExpectedAnswer;
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
export function expectationOf(
  truth: Expected,
  announced: readonly Announced[],
  changes: number,
): Expectation {
  const { bookUuid, documents } = truth;
  const results: ExpectedResult[] = [];
  const notYet = new Set<ResultKind>();
  const answers = new Map(truth.answers.map((answer) => [`${answer.operation} ${answer.subject}`, answer]));
  const latest = (kind: ResultKind, subject: string) =>
    announced.find((one) => one.kind === kind && one.subject === subject);
  const expect = (because: ExpectedResult['because'], [kind, operation]: WantedCall, subject: string) => {
    const answer = answers.get(`${operation} ${subject}`);
    if (answer === undefined) return;
    if (because === 'always' && isNotYet(answer)) notYet.add(kind);
    if (answer.status !== 200) return;
    const announcement = latest(kind, subject);
    const isLost = because !== 'always' && announcement?.isAccepted === false;
    results.push({
      kind,
      subject: operation === 'income-summary' ? `${subject}@summary` : subject,
      answer,
      because,
      // Until the book is finished, its documents change without an event.
      isExact: because !== 'announced' || (kind !== 'classification' && announcement?.change === changes),
      lostChangeAt: isLost ? announcement?.at : undefined,
    });
  };

  for (const { uuid, status } of documents) {
    if (status !== 'VERIFICATION_COMPLETE') continue;
    for (const call of OF_DOCUMENTS) expect('always', call, uuid);
  }
  const isFinished = truth.status === 'VERIFIED';
  const hasResults = documents.some(({ status }) => status === 'VERIFICATION_COMPLETE');
  if (isFinished && hasResults) for (const call of OF_BOOKS) expect('always', call, bookUuid);
  for (const call of PROBED) {
    const [kind] = call;
    if (isFinished && (hasResults || kind === 'classification')) expect('probe', call, bookUuid);
    else if (latest(kind, bookUuid)?.wasAccepted === true) expect('announced', call, bookUuid);
  }
  for (const { kind, subject, wasAccepted } of announced) {
    if (!wasAccepted || subject === bookUuid) continue;
    for (const call of NAMED) if (call[0] === kind) expect('announced', call, subject);
  }
  const isPending = ({ detect }: { detect: string }) => detect === 'pending';
  const captured = documents.filter(({ status }) => status === 'VERIFICATION_COMPLETE');
  if (isFinished && captured.some(isPending)) notYet.add('signals');
  const perhapsNotYet = new Set(notYet);
  for (const call of [...OF_DOCUMENTS, ...OF_BOOKS, ...PROBED]) {
    if (truth.answers.some((answer) => answer.operation === call[1] && isNotYet(answer)))
      perhapsNotYet.add(call[0]);
  }
  if (documents.some(isPending)) perhapsNotYet.add('signals');
  return { results, notYet, perhapsNotYet };
}

/** 425, or a code that says that documents are still being processed (docs/ocrolus.md#error-codes). */
function isNotYet({ status, body }: ExpectedAnswer): boolean {
  return status === 425 || (status >= 400 && /"code": ?(1404|1511|9004)\b/.test(body.toString('utf8')));
}
