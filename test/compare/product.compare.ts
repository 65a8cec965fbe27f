import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { isDocumentKind, RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import type { EventIds } from '../../shared/events/ids.ts';
import type { ResultKind } from '../../shared/events/result-kinds.ts';
import { outlineOf } from '../../shared/json/outline.ts';
import { listBooks } from '../../shared/ocrolus/book-list.ts';
import { readBookInfo } from '../../shared/ocrolus/book-status.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { classify } from '../../shared/ocrolus/classify.ts';
import {
  eventNames,
  eventsOfLevel,
  MAY_BE_DROPPED,
  registrationNames,
} from '../../shared/ocrolus/webhooks/event-names.ts';
import { RESULT_OUTLINE } from '../../shared/reconcile/results/outline.ts';
import { readBookUuid, readDetectStates } from '../../shared/reconcile/results/signals.ts';
import { summarize } from '../../shared/reconcile/results/summaries.ts';
import { createHarness, type Harness, look, receive } from '../functions/consumers/testing/harness.ts';
import { field } from '../infra/local/ocrolus/testing/client.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { memoryTable } from '../shared/store/testing/memory-table.ts';
import { ANSWERS, ERRORS, type Example, OPERATIONS, readJson } from './documents.ts';

test('an account is registered for the events that the vendor lists', () => {
  const Document = z.object({
    components: z.object({
      schemas: z.object({ WebhookEventType: z.object({ enum: z.array(z.string()) }) }),
    }),
  });
  const { components } = Document.parse(readJson('openapi/ocrolus-account-level-webhooks-openapi.json'));
  const names = components.schemas.WebhookEventType.enum;
  const offered = eventsOfLevel('account').filter((name) => !MAY_BE_DROPPED.includes(name));
  expect(registrationNames(offered, 'account').sort()).toEqual(names.toSorted());
  expect(eventNames(names).sort()).toEqual([...offered].sort());
});

/**
 * Meanings of the vendor's error classes. "permanent" there means "do not retry quickly"; three codes only say
 * something about the data (docs/ocrolus.md#error-codes).
 */
const CLASSES: Readonly<Record<string, RegExp>> = {
  permanent: /^(refused|rejected) (?!900[236]$)|^permanent 900[236]$/,
  auth: /^auth$/,
  'retry-later': /^not-yet /,
  'retry-backoff': /^(failed|throttled) |^refused 9001$/,
  'switch-to-async': /^refused 1100$/,
  resubmit: /^refused http-404$/,
};

function meaningOf({ status, body }: Example): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const meaning = classify({ httpStatus: status, body: Buffer.from(text) });
  return 'code' in meaning ? `${meaning.kind} ${meaning.code}` : meaning.kind;
}

test.each(ERRORS)('the error $of is $says', ({ says, ...error }) => {
  expect(meaningOf(error)).toMatch(CLASSES[says] ?? /^nothing we know$/);
});

const keyOf = ({ status, body }: Example) => `${status}/${field(body, 'code') ?? `http-${status}`}`;
const MEANINGS = new Map(ERRORS.map((error) => [keyOf(error), meaningOf(error)]));

test.each(ANSWERS.filter(({ status }) => status >= 400))(
  '$of $status means what the page of errors says',
  (error) => {
    const [, code] = keyOf(error).split('/');
    expect(meaningOf(error)).toBe(MEANINGS.get(keyOf(error)) ?? `refused ${code}`);
  },
);

const successes = ANSWERS.filter(({ status }) => status === 200);
const bodyOf = (operation: string) => successes.find(({ of }) => of === operation)?.body;

test('the examples of Book info and Book list are read', async () => {
  expect(readBookInfo({ json: bodyOf('book-info') })).toEqual({ bookType: 'DEFAULT' });
  const { ocrolus } = createHarness(await memoryTable());
  ocrolus.says(calls.books(100, 0), { body: bodyOf('book-list') });
  const { books } = await listBooks(ocrolus.client, 100, 0, 0);
  expect(books).toMatchObject(Array(2).fill({ bookType: 'DEFAULT', xid: undefined }));
});

test.each(successes)('the outline of $of has everything that is read of it', ({ body }) => {
  const outline = outlineOf(Buffer.from(JSON.stringify(body)), RESULT_OUTLINE);
  for (const kind of RESULT_KINDS) expect(summarize(kind, outline.json)).toEqual(summarize(kind, body));
  expect(readDetectStates(outline)).toEqual(readDetectStates({ json: body }));
  expect(readBookUuid(outline)).toEqual(readBookUuid({ json: body }));
});

test('every kind of result has an example with a summary, but for one that has no summary', () => {
  const isEmpty = (summary: object) => Object.keys(summary).length === 0;
  expect(
    RESULT_KINDS.filter((kind) => successes.every(({ body }) => isEmpty(summarize(kind, body)))),
  ).toEqual(['business-history', 'workbook', 'original', 'visualizations']);
});

const Docs = z.array(z.object({ uuid: z.string(), status: z.string() }));
const response = field(bodyOf('book-status'), 'response');
const bookUuid = String(field(response, 'uuid'));
const isVerified = ({ status }: { status: string }) => status === 'VERIFICATION_COMPLETE';
const verified = Docs.parse(field(response, 'docs')).find(isVerified)?.uuid ?? '';

/** An Ocrolus that gives the example to every call, whatever is asked for. */
let harness: Harness;
beforeAll(async () => {
  const results = Object.fromEntries(RESULT_KINDS.map((kind) => [kind, 'always']));
  harness = createHarness(await memoryTable(), { results });
  harness.ocrolus.before = (target) => {
    const [path = ''] = target.split('?');
    const known = OPERATIONS.find((one) =>
      new RegExp(`^${one.path.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path),
    );
    const body = bodyOf(known?.operation ?? '');
    harness.ocrolus.says(target, body === undefined ? { httpStatus: 404, body: { status: 404 } } : { body });
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
  ['look', {}, 'paystubs', 'book-paystub-data'],
  ['look', {}, 'risk-score', 'risk-score'],
  ['look', {}, 'bank-statement-income', 'bsic'],
])('after %s %j, the example of %s (%s) is stored', async (event, ids, kind, operation) => {
  const ofDocument = isDocumentKind(kind) ? verified : undefined;
  const subject = ofDocument ?? ids.analyticsRequestId ?? ids.businessUuid ?? bookUuid;
  const receivedAt = harness.clock.iso();
  const envelope =
    event === 'look'
      ? look(bookUuid, { urgent: true })
      : delivery(event, { bookUuid, ...ids }, { receivedAt });
  expect(await receive(harness, [envelope], { attempts: 3 })).toEqual([]);
  const events = await harness.reader.events(bookUuid);
  const found = events.find(({ deliveryId }) => deliveryId === envelope.deliveryId);
  // The examples say so: the business is pending, the signals are of other documents than those of the book, and there
  // is none of the classification.
  if (found?.outcome === 'waiting') {
    expect(found.reason).toMatch(/^(( |^)(middesk-pending|detect-absent|http-404))+$/);
  } else expect(found?.outcome).toMatch(/applied|unchanged/);
  const stored = await harness.reader.resultBody(bookUuid, kind, subject);
  expect(JSON.parse(String(stored))).toEqual(bodyOf(operation));
});

test('a rejected document keeps its reason', async () => {
  expect(await harness.reader.documents(bookUuid)).toContainEqual(
    expect.objectContaining({ status: 'REJECTED', rejectionReason: 'INVALID DOCUMENT' }),
  );
});
