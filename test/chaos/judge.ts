import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { ResultKind } from '../../shared/events/result-kinds.ts';
import { truthOf } from '../infra/local/ocrolus/testing/truth.ts';
import type { System } from '../integration/testing/system.ts';

/** Fetched of every book: what an event announces may have changed since, if that event was lost (docs/design.md#policies). */
const COMPARED: readonly string[] = ['forms', 'transactions', 'paystubs', 'summary', 'cash-flow'];

/** What the table has of each book, against what Ocrolus has. */
export async function bookDifferences({ simulator, reader }: System): Promise<string[]> {
  const all: string[] = [];
  for (const known of simulator.books) {
    const { uuid } = known;
    const book = await reader.book(uuid);
    const differs = (what: string) => all.push(`${uuid}: ${what}`);
    if (book?.status !== known.status) differs(`status ${book?.status}, should be ${known.status}`);
    if (known.status === 'DELETED' || book === undefined) continue;
    for (const { kind, subject, state, code } of await reader.missing(uuid))
      differs(`${kind} of ${subject} is ${state} (${code})`);
    if (book?.complete !== true) differs('is not complete');
    const documents = new Map((await reader.documents(uuid)).map((one) => [one.docUuid, one.status]));
    for (const { uuid: docUuid, status } of known.documents) {
      if (documents.get(docUuid) !== status)
        differs(`document ${docUuid} is ${documents.get(docUuid)}, not ${status}`);
    }
    const pages = (await reader.resultPages(uuid, 'enriched-transactions')) ?? [];
    for (const { kind, subject, body, status } of truthOf(simulator, uuid).results) {
      const isPage = kind === 'enriched-transactions';
      const document = known.documents.find((one) => one.uuid === subject);
      const isCaptured = document === undefined || document.status === 'VERIFICATION_COMPLETE';
      if (status !== 200 || !isCaptured || !(isPage || COMPARED.includes(kind))) continue;
      const stored = isPage ? pages.shift() : await reader.resultBody(uuid, kind as ResultKind, subject);
      if (stored?.equals(body) !== true) differs(`${kind} of ${subject} is missing or another`);
    }
  }
  return all;
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
