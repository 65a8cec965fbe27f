import { expect, test } from 'vitest';
import * as z from 'zod';
import { RESULT_KINDS } from '../../shared/events/result-kinds.ts';
import { outlineOf } from '../../shared/json/outline.ts';
import { readBookStatus } from '../../shared/ocrolus/book-status.ts';
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
import { answersWithResult, readDocument, readJson } from './documents.ts';

test('an account is registered for the events that the vendor lists', () => {
  const Document = z.object({
    components: z.object({
      schemas: z.object({ WebhookEventType: z.object({ enum: z.array(z.string()) }) }),
    }),
  });
  const { components } = Document.parse(readJson('openapi/ocrolus-account-level-webhooks-openapi.json'));
  const names = components.schemas.WebhookEventType.enum;
  const offered = eventsOfLevel('account').filter((name) => !MAY_BE_DROPPED.includes(name));
  expect(registrationNames(offered).sort()).toEqual(names.toSorted());
  expect(eventNames(names).sort()).toEqual([...offered].sort());
});

/**
 * Meanings of the vendor's error classes. "permanent" there means "do not retry quickly"; three codes only say
 * something about the data (docs/ocrolus.md#error-codes).
 */
const CLASSES: Readonly<Record<string, RegExp>> = {
  permanent: /^(refused|rejected) |^permanent (9002|9003|9006)$/,
  auth: /^auth$/,
  'retry-later': /^not-yet /,
  'retry-backoff': /^(failed|throttled) |^refused 9001$/,
  'switch-to-async': /^refused 1100$/,
  resubmit: /^refused http-404$/,
};
const Errors = z.object({
  errors: z.array(z.object({ file: z.string(), http_status: z.int(), class: z.string() })),
});

test.each(Errors.parse(readJson('responses/_errors/index.json')).errors)(
  'the error $file is $class',
  ({ file, http_status: httpStatus, class: theirs }) => {
    const json = readJson(`responses/_errors/${file}`);
    const text = z.object({ body_text: z.string() }).safeParse(json).data?.body_text ?? JSON.stringify(json);
    const meaning = classify({ httpStatus, body: Buffer.from(text) });
    const ours = 'code' in meaning ? `${meaning.kind} ${meaning.code}` : meaning.kind;
    expect(ours).toMatch(CLASSES[theirs] ?? /^nothing we know$/);
  },
);

test('the example of Book status is read', () => {
  const answer = {
    body: readDocument('responses/book-status.200.json'),
    askedAt: '2026-02-01T00:29:00.000Z',
  };
  const { bookUuid, bookPk, status, documents } = readBookStatus(answer, { bookPk: '34251191' });
  expect(bookUuid).toMatch(/^[0-9a-f-]{36}$/);
  expect(bookPk).toMatch(/^\d+$/);
  expect(status).toMatch(/^[A-Z]+$/);
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) expect(document.docUuid).not.toMatch(/^pk-/);
});

test.each(answersWithResult())('the outline of %s has everything that is read of it', (path) => {
  const outline = outlineOf(readDocument(path), RESULT_OUTLINE);
  const json = readJson(path);
  for (const kind of RESULT_KINDS) expect(summarize(kind, outline.json)).toEqual(summarize(kind, json));
  expect(readDetectStates(outline)).toEqual(readDetectStates({ json }));
  expect(readBookUuid(outline)).toEqual(readBookUuid({ json }));
});

test('every kind of result has an example with a summary', () => {
  const answers = answersWithResult().map(readJson);
  const isEmpty = (summary: object) => Object.keys(summary).length === 0;
  expect(RESULT_KINDS.filter((kind) => answers.every((json) => isEmpty(summarize(kind, json))))).toEqual([]);
});
