import type { Entry } from '../../../shared/checklist/entry.ts';
import { CLOCK_SKEW_MS } from '../../../shared/checklist/opening.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { asFailure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import type { Book } from '../../../shared/store/books.ts';
import { isOnlyMissing } from '../../../shared/store/polling/circuits.ts';
import { iso } from '../../../shared/time.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { fetchAnalytics } from './analytics.ts';
import type { AnsweredWant, Answers, Patience } from './answers.ts';
import { fetchBusiness } from './business.ts';
import { fetchEnrichedTransactions } from './enriched-transactions.ts';
import {
  askInTurn,
  type Fetch,
  type Fetched,
  type FetchTarget,
  fetchOne,
  store,
  toFetched,
} from './fetch.ts';
import { fetchIncome } from './income.ts';
import { fetchBookSignals, fetchDocumentSignals } from './signals.ts';
import { fetchVersion1Analytics } from './version-1-analytics.ts';

/** "Document not found" (docs/ocrolus.md#error-codes). */
const NOT_FOUND = '1501';

/**
 * The forms of a document: by its other uuid first, where an event gave one, then by the uuid of the upload. Which of
 * the two Ocrolus accepts is not certain, and Book status shows only one of them. If it knows neither, by the pk
 * (docs/decisions/0022).
 */
const fetchForms: Fetch = async (context, target) => {
  const { bookUuid, subject, docUuid, docPk } = target;
  const others = docUuid === undefined || docUuid === subject ? [] : [calls.documentForms(subject)];
  let reply = await askInTurn(context, bookUuid, [calls.documentForms(docUuid ?? subject), ...others]);
  if (reply.kind === 'refused' && reply.code === NOT_FOUND && docPk !== undefined) {
    const byPk = await context.fetch(bookUuid, calls.documentFormsByPk(docPk));
    // A product that is not served is refused with its own code, for any document.
    const saysMore = byPk.kind === 'refused' ? byPk.code !== NOT_FOUND : byPk.kind !== 'rejected';
    if (saysMore) reply = byPk;
  }
  return reply.kind === 'ok' ? store(context, target, reply.answer) : toFetched(reply);
};

/** How each kind of result is fetched. A kind without a fetcher does not compile. */
export const FETCHERS: Readonly<Record<ResultKind, Fetch>> = {
  forms: fetchForms,
  transactions: fetchOne(({ bookUuid, subject }) => calls.documentTransactions(bookUuid, subject)),
  signals: (context, target) =>
    (target.subject === target.bookUuid ? fetchBookSignals : fetchDocumentSignals)(context, target),
  paystubs: fetchOne(({ bookUuid }) => calls.bookPayStubs(bookUuid)),
  summary: fetchAnalytics(calls.bookSummary),
  'cash-flow': fetchAnalytics(calls.cashFlowFeatures),
  'enriched-transactions': fetchEnrichedTransactions,
  'risk-score': fetchAnalytics(calls.riskScore),
  income: fetchIncome,
  'bank-statement-income': fetchOne(({ bookUuid }) => calls.bankStatementIncome(bookUuid)),
  classification: fetchOne(({ bookUuid }) => calls.classificationSummary(bookUuid)),
  'suspicious-activity': fetchOne(({ bookUuid }) => calls.suspiciousActivityFlags(bookUuid)),
  analytics: fetchVersion1Analytics,
  business: fetchBusiness,
};

/**
 * Asks for one result, once per batch, unless the circuit of its kind is open. A passing failure is kept in
 * `answers.failure`, so that it does not hold up the other results.
 */
export async function askFor(
  context: DeliveryContext,
  answers: Answers,
  target: FetchTarget & {
    readonly version: number;
    /** The event itself is about this kind. */
    readonly isAnnounced?: boolean;
  },
  patience: Patience,
): Promise<AnsweredWant | undefined> {
  const { kind, subject, version } = target;
  const { opens } = context;
  const { covers } = context.batch;
  const want = { kind, subject };
  const record = (fetched: Fetched): AnsweredWant => {
    const answer = {
      want,
      version,
      fetched,
      answered: {
        ...fetched,
        covers: fetched.covers ?? covers,
        opens,
        isEarly: target.book !== undefined && isEarly(target.book, target.entry, fetched),
        hasReplaced: fetched.written === 'applied',
      },
    };
    answers.add(answer);
    return answer;
  };
  try {
    if (!(await mayAsk(context, kind, target.isAnnounced === true))) {
      return record({ class: 'suppressed', askedAt: iso(context.now) });
    }
    const key = `want ${target.bookUuid} ${kind} ${subject} ${version}`;
    const fetched = await context.batch.once(key, async () => {
      const one = await FETCHERS[kind](context, target);
      await countForCircuit(context, kind, one);
      return one;
    });
    return record(fetched);
  } catch (error) {
    const failure = asFailure(error);
    if (patience.handsOver(failure)) {
      const askedAt = iso(context.now);
      return record({ class: 'refused', code: failure.code, askedAt });
    }
    answers.failure ??= failure;
    return undefined;
  }
}

/** What a job computed is as old as the start of the job, by the clock that recorded it. */
function isEarly(
  { endedAt }: Pick<Book, 'endedAt'>,
  entry: Entry | undefined,
  { askedAt }: Fetched,
): boolean {
  if (endedAt === undefined) return true;
  return askedAt === entry?.jobAt && Date.parse(askedAt) < Date.parse(endedAt) + CLOCK_SKEW_MS;
}

/** Whether the circuit of the kind allows a call. */
export async function mayAsk(
  { dependencies, account, envelope }: DeliveryContext,
  kind: ResultKind,
  isAnnounced: boolean,
): Promise<boolean> {
  if (envelope.canaries?.includes(kind) === true) return true;
  const { circuits } = dependencies;
  const circuit = await circuits.state(account, kind);
  if (circuit.state === 'closed' || (isAnnounced && isOnlyMissing(circuit))) return true;
  return circuit.state === 'canary' && circuits.takeCanary(account, kind);
}

async function countForCircuit(
  { dependencies, account, bookId }: DeliveryContext,
  kind: ResultKind,
  fetched: Fetched,
): Promise<void> {
  const { circuits } = dependencies;
  if (fetched.class === 'refused') await circuits.refused(account, kind, fetched.code, bookId);
  else await circuits.answered(account, kind);
}
