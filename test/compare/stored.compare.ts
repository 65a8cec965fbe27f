import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { isDocumentKind } from '../../shared/checklist/kinds.ts';
import type { EventIds } from '../../shared/events/ids.ts';
import type { ResultKind } from '../../shared/events/result-kinds.ts';
import { createHarness, type Harness, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { successes } from './documents.ts';

const BookStatus = z.object({
  response: z.object({ uuid: z.string(), docs: z.array(z.object({ uuid: z.string(), status: z.string() })) }),
});

const examples = successes();
const bodyOf = (operation: string) => examples.find((example) => example.operation === operation)?.body;
const { uuid: bookUuid, docs } = BookStatus.parse(bodyOf('book-status')).response;
const verified = docs.find(({ status }) => status === 'VERIFICATION_COMPLETE')?.uuid ?? '';

/** An Ocrolus that gives the example to every call, whatever is asked for. */
let harness: Harness;
beforeAll(async () => {
  harness = createHarness(await memoryTable());
  const { ocrolus } = harness;
  ocrolus.before = (target) => {
    const [path = ''] = target.split('?');
    const example = examples.find((one) => one.path.test(path));
    ocrolus.says(target, example ?? { httpStatus: 404, body: { status: 404 } });
  };
});

const REQUEST = { analyticsRequestId: 'request' };
const BUSINESS = { businessUuid: 'business' };

test.each<[string, EventIds, ResultKind, operation: string]>([
  ['BOOK_VERIFIED', {}, 'forms', 'doc-form-data'],
  ['BOOK_VERIFIED', {}, 'transactions', 'transactions'],
  ['ANALYTICS_COMPLETED', REQUEST, 'analytics', 'async-analytics-result'],
  ['ANALYTICS_COMPLETED', {}, 'analytics', 'analytics'],
  ['MIDDESK_VERIFIED', BUSINESS, 'business', 'retrieve-business'],
  ['SUSPICIOUS_ACTIVITY', {}, 'suspicious-activity', 'suspicious-activity-flags'],
  ['book.detect.signal_found', {}, 'signals', 'book-fraud-signals'],
  ['book.analytics_v2.generated', {}, 'summary', 'Book-summary'],
  ['book.analytics_v2.generated', {}, 'cash-flow', 'cash-flow-features'],
  ['book.analytics_v2.generated', {}, 'enriched-transactions', 'enriched-transactions'],
  ['book.income.generated', {}, 'income', 'income-calculations'],
])('after %s %j, the example of %s (%s) is stored', async (event, ids, kind, operation) => {
  const ofDocument = isDocumentKind(kind) ? verified : undefined;
  const subject = ofDocument ?? ids.analyticsRequestId ?? ids.businessUuid ?? bookUuid;
  const envelope = delivery(event, { bookUuid, ...ids }, { receivedAt: harness.clock.iso() });
  expect(await receive(harness, [envelope], { attempts: 3 })).toEqual([]);
  const found = (await harness.reader.events(bookUuid)).find(
    ({ deliveryId }) => deliveryId === envelope.deliveryId,
  );
  // The examples say so: the business is pending, and the signals are of other documents than those of the book.
  if (found?.outcome === 'waiting') expect(found.reason).toMatch(/^(middesk-pending|detect-absent)$/);
  else expect(found?.outcome).toMatch(/applied|unchanged/);
  const stored = await harness.reader.resultBody(bookUuid, kind, subject);
  expect(JSON.parse(String(stored))).toEqual(bodyOf(operation));
});

test('a rejected document keeps its reason', async () => {
  expect(await harness.reader.documents(bookUuid)).toContainEqual(
    expect.objectContaining({ status: 'REJECTED', rejectionReason: 'INVALID DOCUMENT' }),
  );
});
