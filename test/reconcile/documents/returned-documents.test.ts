import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error } from '../../consumers/testing/answers.ts';
import { createHarness, receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { createPollerHarness } from '../../poller/testing/harness.ts';
import { document, saysBook, saysEverything, saysStatus } from '../testing/answers.ts';
import { dyingTable } from '../testing/dying-table.ts';
import {
  book,
  createBookHarness,
  createMixedHarness,
  deliver,
  deliverUntilDone,
  results,
} from '../testing/harness.ts';

const NEW_FORMS = { body: { status: 200, response: { forms: ['new'] } } };

/** Documents that are active again for a while, or move, between two polls: they are fetched again. */
test('the poller dies between writing an active document and its book, which then looks as before', async () => {
  const dying = await dyingTable();
  const { table } = dying;
  const harness = createPollerHarness(table);
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  let hasDied = false;
  let hasWritten = false;
  dying.dies = (item) => {
    if (item === 'DOC#d') hasWritten = true;
    if (item === 'BOOK' && hasWritten) hasDied = true;
    return item === 'BOOK' && hasWritten;
  };
  for (let hour = 0; hour < 40 && !hasDied; hour += 1) {
    harness.clock.advance(3600);
    await harness.run();
  }
  expect(hasDied).toBe(true);
  dying.dies = () => false;
  expect((await harness.reader.documents('b'))[0]).toMatchObject({ status: 'PROCESSING' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  ocrolus.says(calls.documentForms('d'), NEW_FORMS);
  await harness.live(5);
  expect((await harness.reader.documents('b'))[0]).toMatchObject({ status: 'VERIFICATION_COMPLETE' });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('the event of another document shows a document active again, in an active book', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1'), document('d2', 'VERIFYING')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  await harness.liveHours(2);
  expect(await results(harness)).toContain('forms d1');
  // d1 is upgraded. The event of d2 shows that it is active again; it is finished before the next poll, and its events are lost.
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1', 'PROCESSING'), document('d2')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1'), document('d2')]);
  ocrolus.says(calls.documentForms('d1'), NEW_FORMS);
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd1'))).toContain('new');
});

test('the same in an active book that is not settled', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2', 'd3']);
  const { ocrolus } = harness;
  ocrolus.says(calls.documentForms('d3'), error(400, 1404));
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1'), document('d2', 'VERIFYING'), document('d3')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  await harness.liveHours(2);
  expect(await results(harness)).toContain('forms d1');
  // d1 is upgraded. The event of d2 shows that it is active again; it is finished before the next poll, and its events are lost.
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1', 'PROCESSING'), document('d2'), document('d3')]);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1'), document('d2'), document('d3')]);
  ocrolus.says(calls.documentForms('d1'), NEW_FORMS);
  ocrolus.says(calls.documentForms('d3'), NEW_FORMS);
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd1'))).toContain('new');
});

test('a poll by the pk shows that a document of the uuid is active', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: [document('d1'), document('d2')], pk: 7 });
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true });
  const byPk = calls.bookStatus({ bookPk: '7' });
  ocrolus.says(byPk, error(400, 1401));
  const event = delivery('document.upload_succeeded', { bookPk: '7' }, { receivedAt: harness.clock.iso() });
  await receive(harness.consumers, [event], { attempts: 3 });
  saysBook(ocrolus, 'b', {
    book_status: 'VERIFYING',
    docs: [document('d1', 'PROCESSING'), document('d2')],
    pk: 7,
  });
  ocrolus.says(byPk, ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  harness.clock.advance(330);
  await harness.run();
  expect(await harness.reader.book('pk-7')).toBeUndefined();
  expect(await book(harness)).toMatchObject({ status: 'VERIFYING' });
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: [document('d1'), document('d2')], pk: 7 });
  ocrolus.says(calls.documentForms('d1'), NEW_FORMS);
  await harness.live(5);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd1'))).toContain('new');
});

test('a Detect event of an unknown document shows that another document is active', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING'), document('e')]);
  await deliverUntilDone(harness, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  ocrolus.says(calls.documentForms('d'), NEW_FORMS);
  await harness.live(5);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('a late message of the poller shows that another document is active, and its consumer dies before writing the book', async () => {
  const dying = await dyingTable();
  const { table } = dying;
  const harness = createPollerHarness(table);
  const { ocrolus } = harness;
  const ids = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'];
  saysEverything(ocrolus, 'b', ids);
  await deliver(harness, 'document.upload_succeeded');
  harness.clock.advance(700);
  await harness.run();
  const [late] = harness.sent.filter(({ eventName }) => eventName === 'poll.documents');
  if (late === undefined) throw new Error('nothing sent');
  expect(late.wants?.some(({ subject }) => subject === 'd7')).toBe(false);
  await harness.process();
  harness.clock.advance(700);
  await harness.run();
  expect(await book(harness)).toMatchObject({ complete: true });
  // SQS delivers it again, while d7 is processed again.
  saysStatus(
    ocrolus,
    'b',
    'VERIFYING',
    ids.map((id) => document(id, id === 'd7' ? 'PROCESSING' : undefined)),
  );
  let hasWritten = false;
  dying.dies = (item) => {
    hasWritten ||= item.startsWith('DOC#');
    return item === 'BOOK' && hasWritten;
  };
  expect(await receive(harness.consumers, [late])).toHaveLength(1);
  dying.dies = () => false;
  saysStatus(
    ocrolus,
    'b',
    'VERIFIED',
    ids.map((id) => document(id)),
  );
  ocrolus.says(calls.documentForms('d7'), NEW_FORMS);
  harness.clock.advance(60);
  expect(await receive(harness.consumers, [late], { attempts: 2 })).toHaveLength(0);
  await harness.live(5);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd7'))).toContain('new');
});

test('a slow consumer writes its observation after the poller has seen the book as before', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus, clock } = harness;
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  // The poller is about to poll it. The consumer is held up for two seconds after its answer of Book status, and before its first write.
  clock.advance(12 * 3600);
  expect(await harness.due()).toHaveLength(1);
  let isHeldUp = false;
  const { table } = harness;
  const held: typeof table = {
    ...table,
    put: async (item, condition) => {
      if (!isHeldUp) {
        isHeldUp = true;
        saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
        ocrolus.says(calls.documentForms('d'), { body: { status: 200, response: { forms: ['new'] } } });
        clock.advance(2);
        await harness.run();
      }
      return table.put(item, condition);
    },
  };
  const slow = createHarness(held, { clock, ocrolus, bodies: harness.consumers.bodies });
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING'), document('e')]);
  const event = delivery('document.upload_succeeded', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  expect(await receive(slow, [event])).toEqual([]);
  await harness.live(5);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('a document that moves from mixed_docs to docs', async () => {
  const harness = await createMixedHarness('VERIFIED', 'COMPLETED');
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('m', 'COMPLETED')]);
  await harness.live(5);
  expect(await results(harness)).toContain('forms m');
});
