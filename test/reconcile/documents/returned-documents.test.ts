import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error } from '../../consumers/testing/answers.ts';
import { createHarness, receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { createPollerHarness } from '../../poller/testing/harness.ts';
import { document, saysEverything, saysStatus } from '../testing/answers.ts';
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
test('a look dies between writing an active document and its book, which then looks as before', async () => {
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
    await harness.liveHours(1);
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

test('a slow consumer writes its observation after a look has seen the book as before', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus, clock } = harness;
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  // A look is due. The consumer is delayed for two seconds between the answer of Book status and its first write.
  clock.advance(24 * 3600);
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
        await harness.process();
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

test('a rejected document that is given back and verified is fetched soon, though Book status lags behind its event', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus, clock } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e', 'REJECTED')]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  await deliverUntilDone(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'e' });
  expect(await book(harness)).toMatchObject({ complete: false });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  for (let looks = 0; looks < 4; looks += 1) {
    clock.advance(300);
    await harness.run();
    await harness.process();
  }
  expect(await results(harness)).toContain('forms e');
});
