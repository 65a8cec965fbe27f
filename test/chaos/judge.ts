import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Book } from '../../infra/local/ocrolus/model/book.ts';
import { RESULT_KINDS, type ResultKind } from '../../shared/events/result-kinds.ts';
import { type ResultAnswer, truthOf } from '../infra/local/ocrolus/testing/truth.ts';
import type { System } from '../integration/testing/system.ts';

/** Announced under an id that no list of Ocrolus has. */
export interface Announced {
  readonly kind: ResultKind;
  readonly subject: string;
  /** A delivery of it was answered with 200. */
  readonly isAccepted: boolean;
}

/** Not asked for unless a stage says so (docs/design.md#policies), repeated on purpose. */
const OPTIONAL: readonly ResultKind[] = ['risk-score', 'bank-statement-income'];
/** What an event announces may have changed since, if that change was not announced (docs/design.md#policies). */
const ANNOUNCED: readonly ResultKind[] = [
  'classification',
  'income',
  'suspicious-activity',
  'analytics',
  'signals',
];

/** What the table has of each book, against what Ocrolus has. */
export async function bookDifferences(
  { simulator, reader }: System,
  announced: readonly Announced[],
): Promise<string[]> {
  const all: string[] = [];
  for (const known of simulator.books) {
    const { uuid } = known;
    const book = await reader.book(uuid);
    const differs = (what: string) => all.push(`${uuid}: ${what}`);
    if (book?.status !== known.status) differs(`status ${book?.status}, should be ${known.status}`);
    if (known.status === 'DELETED') continue;
    const missing = await reader.missing(uuid);
    for (const { kind, subject, state, code } of missing)
      differs(`${kind} of ${subject} is ${state} (${code})`);
    if (book?.complete !== true) differs('is not complete');
    const documents = new Map((await reader.documents(uuid)).map((one) => [one.docUuid, one.status]));
    for (const { uuid: docUuid, status } of known.documents) {
      if (documents.get(docUuid) !== status)
        differs(`document ${docUuid} is ${documents.get(docUuid)}, not ${status}`);
    }
    const pages = (await reader.resultPages(uuid, 'enriched-transactions')) ?? [];
    const signals = await reader.resultBody(uuid, 'signals', uuid);
    const expected = truthOf(simulator, uuid).results.filter((answer) =>
      isExpected(known, answer, announced),
    );
    for (const { kind, subject, body } of expected) {
      const page = kind === 'enriched-transactions' ? pages.shift() : undefined;
      const stored = page ?? (await reader.resultBody(uuid, kind, subject));
      // A document's signals are in its own result or in the book's.
      const isInBook = kind === 'signals' && signals?.includes(subject) === true;
      if (stored === undefined && !isInBook) differs(`no ${kind} of ${subject}`);
      else if (!ANNOUNCED.includes(kind) && stored?.equals(body) !== true)
        differs(`${kind} of ${subject} is another`);
    }
  }
  return all;
}

function isExpected(
  book: Book,
  { kind, subject, status }: ResultAnswer,
  announced: readonly Announced[],
): boolean {
  const known = RESULT_KINDS.find((one) => one === kind);
  if (status !== 200 || known === undefined || OPTIONAL.includes(known)) return false;
  const named = announced.find((one) => one.kind === kind && one.subject === subject);
  if (named !== undefined) return named.isAccepted;
  const document = book.documents.find(({ uuid }) => uuid === subject);
  return document === undefined || document.status === 'VERIFICATION_COMPLETE';
}

/** Every delivery that was answered with 200 is in the ledger with a final outcome, and nothing was left under a pk. */
export async function ledgerDifferences({ simulator, table }: System): Promise<string[]> {
  const outcomes = new Map<string, string[]>();
  const differences: string[] = [];
  for await (const page of paginateScan({ client: table.client }, { TableName: table.name })) {
    for (const { bookId, item, deliveryId, outcome } of page.Items ?? []) {
      if (!String(item).startsWith('EVENT#')) continue;
      outcomes.set(deliveryId, [...(outcomes.get(deliveryId) ?? []), outcome]);
      if (outcome === 'retrying') differences.push(`${deliveryId} is still retrying`);
      // A delivery waits three days until its book is known, which is half a minute of a run. Then it is refused there.
      if (String(bookId).startsWith('pk-') && outcome !== 'refused')
        differences.push(`${deliveryId} is left under ${bookId}`);
    }
  }
  const attempts = simulator.deliveries.all.flatMap((delivery) => delivery.attempts);
  for (const [deliveryId, made] of Map.groupBy(attempts, (attempt) => attempt.deliveryId)) {
    const entries = outcomes.get(deliveryId)?.length ?? 0;
    if (made.some(({ status }) => status === 200) && entries === 0)
      differences.push(`${deliveryId} was accepted and is not in the ledger`);
    if (entries > made.length) differences.push(`${deliveryId} is ${entries} times in the ledger`);
  }
  return differences;
}
