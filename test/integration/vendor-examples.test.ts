import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { ResultKind } from '../../shared/events/catalog.ts';
import { type Running, startRunning } from './testing/running.ts';
import { hasVendorExamples, startVendorServer, type VendorServer } from './testing/vendor-server.ts';

const BookStatus = z.object({
  response: z.object({ uuid: z.string(), docs: z.array(z.object({ uuid: z.string(), status: z.string() })) }),
});

describe.skipIf(!hasVendorExamples)("the vendor's own examples", () => {
  let vendor: VendorServer;
  let running: Running;
  let bookUuid: string;
  let verifiedDocument: string;

  beforeAll(async () => {
    vendor = await startVendorServer();
    running = await startRunning({ ocrolusUrl: vendor.url });
    const { response } = BookStatus.parse(JSON.parse(vendor.body('book-status').toString()));
    bookUuid = response.uuid;
    verifiedDocument = response.docs.find(({ status }) => status === 'VERIFICATION_COMPLETE')?.uuid ?? '';
  });
  afterAll(async () => {
    await running?.stop();
    await vendor?.close();
  });

  const requestId = '206fa8e7-da44-5df9-8f3d-544e70d60e57';
  const businessUuid = '950335c1-1c55-432a-8be7-2961a03d0b5b';
  const cases: [
    event: Record<string, unknown>,
    kind: ResultKind,
    operation: string,
    subject?: () => string,
  ][] = [
    [{ event: 'BOOK_VERIFIED' }, 'forms', 'doc-form-data', () => verifiedDocument],
    [{ event: 'BOOK_VERIFIED' }, 'transactions', 'transactions', () => verifiedDocument],
    [
      { event: 'ANALYTICS_COMPLETED', analytics_request_id: requestId },
      'analytics',
      'async-analytics-result',
      () => requestId,
    ],
    [{ event: 'ANALYTICS_COMPLETED' }, 'analytics', 'analytics'],
    [
      { event: 'MIDDESK_VERIFIED', business_uuid: businessUuid },
      'business',
      'retrieve-business',
      () => businessUuid,
    ],
    [{ event: 'SUSPICIOUS_ACTIVITY' }, 'suspicious-activity', 'suspicious-activity-flags'],
    [{ event_name: 'book.detect.signal_found' }, 'signals', 'book-fraud-signals'],
    [{ event_name: 'book.analytics_v2.generated' }, 'summary', 'Book-summary'],
    [{ event_name: 'book.analytics_v2.generated' }, 'cash-flow', 'cash-flow-features'],
    [{ event_name: 'book.analytics_v2.generated' }, 'enriched-transactions', 'enriched-transactions'],
    [{ event_name: 'book.income.generated' }, 'income', 'income-calculations'],
  ];

  it.each(cases)('%j: %s is stored as it came', async (event, kind, operation, subject) => {
    const { status, deliveryId } = await running.post(JSON.stringify({ ...event, book_uuid: bookUuid }));
    expect(status).toBe(200);
    const { outcome, reason } = await running.ledgerOf(bookUuid, deliveryId);
    // The examples say so: the business is pending, and the signals are of other documents than those of the book.
    if (outcome === 'waiting') expect(reason).toMatch(/^(middesk-pending|detect-absent)$/);
    else expect(outcome).toMatch(/applied|unchanged/);
    const stored = await running.reader.resultBody(bookUuid, kind, subject?.());
    expect(stored?.equals(vendor.body(operation))).toBe(true);
  });

  it('a rejected document keeps its reason', async () => {
    const documents = await running.reader.documents(bookUuid);
    expect(documents).toContainEqual(
      expect.objectContaining({ status: 'REJECTED', rejectionReason: 'INVALID DOCUMENT' }),
    );
  });
});
