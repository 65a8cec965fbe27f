import * as z from 'zod';
import { whole } from './values.ts';

const Days = whole(1, 3650).optional();

/** A dead letter may need its body in S3 for 14 days (infra/constructs/channel-queue.ts), and S3 counts whole days. */
export const MIN_PAYLOAD_DAYS = 15;

/**
 * The poller compares a book with its documents for a year after its last change, and once more within the following
 * month (shared/checklist/next-look.ts). Documents that had expired by then would look new and be fetched again.
 */
const MIN_DOCUMENT_DAYS = 400;

/** Retention of borrowers' data. DynamoDB removes items by their time to live, S3 by lifecycle. */
export const Retention = z.strictObject({
  results: Days.meta({
    description:
      'For how many days results, and their bodies in the bucket, are kept after their last write; at least ' +
      '`poll.horizonDays`. Absent: permanently. See [retention](operations.md#retention)',
    cost: 'without it, storage grows',
  }),
  payloads: Days.meta({
    description:
      `For how many days bodies of deliveries are kept, with their ledger entries; at least ${MIN_PAYLOAD_DAYS}, and at ` +
      'most `ledgerDays`. Absent: `ledgerDays`',
    cost: 'storage of the ledger',
  }),
  documents: Days.meta({
    description:
      'For how many days books with their documents (names, statuses and the checklist) are kept after their last write; at ' +
      `least ${MIN_DOCUMENT_DAYS} and \`retention.results\`, which is then required. Absent: permanently`,
    cost: 'without it, storage grows',
  }),
});

export type Retention = z.output<typeof Retention>;

/** Refuses a retention that is shorter than recovery needs. */
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
  if ((payloads ?? ledgerDays) < MIN_PAYLOAD_DAYS) {
    const path = payloads === undefined ? ['ledgerDays'] : ['retention', 'payloads'];
    fault(
      path,
      `must be at least ${MIN_PAYLOAD_DAYS}: a dead letter may need the body of its delivery for 14 days`,
    );
  }
  if (results !== undefined && results < horizonDays) {
    const message =
      `must be at least poll.horizonDays (${horizonDays}): a book may take this long to become complete, and then ` +
      'its first results must still exist';
    fault(['retention', 'results'], message);
  }
  if (documents === undefined) return;
  if (documents < MIN_DOCUMENT_DAYS) {
    const message =
      `must be at least ${MIN_DOCUMENT_DAYS}: the poller compares a book with its documents for a year and a month, and ` +
      'fetches missing documents again';
    fault(['retention', 'documents'], message);
  }
  if (results === undefined || results > documents) {
    fault(
      ['retention', 'documents'],
      'must not be shorter than retention.results: results belong to documents',
    );
  }
}
