import * as z from 'zod';

const Days = z.int().min(1).max(3650).optional();

/**
 * How long borrowers' data is kept, in days since it was written last. Absent: results and documents for good, payloads as
 * long as the ledger. DynamoDB removes items within a few days after that, by their time to live; S3 by lifecycle.
 */
export const Retention = z.strictObject({
  /** Results, and their bodies in the bucket. */
  results: Days,
  /** Bodies of deliveries. An entry of the ledger that has one goes with it: DynamoDB removes whole items. */
  payloads: Days,
  /** Books and their documents: names, statuses, and the checklist. */
  documents: Days,
});

export type Retention = z.output<typeof Retention>;

/** A dead letter may point to its body for 14 days (infra/constructs/channel-queue.ts); S3 counts whole days. */
const LEAST_PAYLOAD_DAYS = 15;

/**
 * The poller compares a book with its documents for a year after it changed last, and then within a month once more
 * (shared/checklist/next-due.ts). Documents that are gone by then would be taken for new ones, and fetched again.
 */
const LEAST_DOCUMENT_DAYS = 400;

/** What recovery needs is kept, whatever is asked for. */
export function checkRetention(
  {
    retention,
    ledgerDays,
    poll,
  }: {
    readonly retention: Retention;
    readonly ledgerDays: number;
    readonly poll: { readonly horizonDays: number };
  },
  context: z.core.$RefinementCtx,
): void {
  const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { results, payloads, documents } = retention ?? {};
  const { horizonDays } = poll ?? {};
  if (payloads !== undefined && payloads > ledgerDays) {
    fault(
      ['retention', 'payloads'],
      `must not exceed ledgerDays (${ledgerDays}): payloads are in the ledger`,
    );
  }
  if ((payloads ?? ledgerDays) < LEAST_PAYLOAD_DAYS) {
    const path = payloads === undefined ? ['ledgerDays'] : ['retention', 'payloads'];
    fault(
      path,
      `must be at least ${LEAST_PAYLOAD_DAYS}: for 14 days a dead letter may need the body of its delivery`,
    );
  }
  if (results !== undefined && results < horizonDays) {
    const message =
      `must be at least poll.horizonDays (${horizonDays}): for so long a book may be waited for, and when it is complete ` +
      'its first results must still be there';
    fault(['retention', 'results'], message);
  }
  if (documents === undefined) return;
  if (documents < LEAST_DOCUMENT_DAYS) {
    const message =
      `must be at least ${LEAST_DOCUMENT_DAYS}: the poller compares a book with its documents for a year and a month, and ` +
      'fetches again what it does not find';
    fault(['retention', 'documents'], message);
  }
  if (results === undefined || results > documents) {
    fault(
      ['retention', 'documents'],
      'must not be shorter than retention.results: results belong to documents',
    );
  }
}
