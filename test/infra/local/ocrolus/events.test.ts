import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Book, DocumentStatus, Mixed } from '../../../../infra/local/ocrolus/model/book.ts';
import { EVENT_NAMES as MODEL_NAMES } from '../../../../infra/local/ocrolus/model/event-bodies.ts';
import { anyBody } from '../../../../infra/local/ocrolus/model/events.ts';
import {
  capture,
  endWork,
  listDocument,
  listMixed,
  makeBook,
  makeDocument,
} from '../../../../infra/local/ocrolus/model/life.ts';
import { createModel } from '../../../../infra/local/ocrolus/model/model.ts';
import { requestAnalytics, startBusiness } from '../../../../infra/local/ocrolus/model/products.ts';
import { EVENT_NAMES } from '../../../../shared/events/catalog.ts';
import { identified } from '../../../shared/events/testing/fixtures.ts';
import { differences, shapeOf } from './vendor/shape.ts';

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A book that has one of everything. */
function fullBook(outcome: DocumentStatus): Book {
  const model = createModel({
    now: () => 0,
    accounts: [{ name: 'main', vocabulary: 'organization' }],
    jobLife: () => ({ id: '', readyAt: 0, expiresAt: 0, fails: false }),
    resultsUrl: () => '',
  });
  const book = makeBook(model, {
    ...{ uuid: uuid(1), pk: '1', name: 'Book', xid: null, account: model.registry.account('main'), hash: 0 },
    ...{ bookClass: 'COMPLETE', visibleFrom: 0, isStuck: false, volume: 'normal', isIncomeExpected: true },
  });
  const mixed: Mixed = { uuid: uuid(2), pk: '2', name: 'all.pdf', parts: [], status: 'QUEUED' };
  const imageGroup = { uuid: uuid(3), pk: '3', working: 0, isRejected: false };
  const document = makeDocument(model, book, {
    ...{
      uuid: uuid(4),
      pk: '4',
      docUuid: uuid(5),
      name: 'part.pdf',
      kind: 'form',
      formType: 'W2',
      pages: 1,
      rows: 0,
      mixed,
      imageGroup,
    },
    ...{ outcome, rejectionReason: 'INVALID DOCUMENT', detectOutcome: 'found' },
  });
  listMixed(book, mixed);
  listDocument(model, document);
  capture(model, document);
  endWork(model, document);
  startBusiness(model, book, uuid(6));
  requestAnalytics(model, book, uuid(7));
  return book;
}

const bodiesOf = (name: string) =>
  (['VERIFICATION_COMPLETE', 'REJECTED'] as const).map(
    (outcome): Record<string, unknown> => JSON.parse(JSON.stringify(anyBody(fullBook(outcome), name))),
  );

test('the model has every event of the catalog', () => {
  expect([...MODEL_NAMES].sort()).toEqual([...EVENT_NAMES].sort());
});

test.each(EVENT_NAMES)('%s has the fields of its sample, their types, and what it says', (name) => {
  const sample = JSON.parse(readFileSync(`test/fixtures/events/${name}.json`, 'utf8'));
  const bodies = bodiesOf(name);
  expect(differences(shapeOf(bodies), shapeOf([sample]), () => false).filter(isWrong)).toEqual([]);
  for (const body of bodies) expect(identified(body)).toMatchObject({ kind: 'event', eventName: name });
  const said = (body: Record<string, unknown>) =>
    ['event', 'event_name', 'status', 'severity', 'notification_type'].map((key) => body[key]);
  expect(bodies.map(said)).toContainEqual(said(sample));
});

/** Samples have null where a document has no parent; here it has all of them. */
function isWrong(difference: string): boolean {
  return !/^\.(mixed_uploaded_doc|uploaded_image_group)_(pk|uuid) is /.test(difference);
}
