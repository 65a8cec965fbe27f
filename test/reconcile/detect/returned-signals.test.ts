import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { createHarness, receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { document, saysStatus } from '../testing/answers.ts';
import {
  book,
  createBookHarness,
  createMixedHarness,
  deliver,
  deliverUntilDone,
} from '../testing/harness.ts';

test('signals of a document that was a mixed document before are waited for', async () => {
  const harness = await createMixedHarness('VERIFYING', 'PROCESSING');
  const { ocrolus } = harness;
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await deliverUntilDone(harness, 'document.upload_succeeded');
  await harness.liveHours(2);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('m')]);
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.liveHours(5);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', m: 'COMPLETED' }));
  await harness.live(4);
  const m = (await harness.reader.documents('b')).find(({ docUuid }) => docUuid === 'm');
  expect(m?.detect?.state).toBe('COMPLETED');
});

test('a Detect event shows a document that disappears before the next poll', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(2);
  expect(await book(harness)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  await deliver(harness, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await harness.live(5);
  const e = (await harness.reader.documents('b')).find(({ docUuid }) => docUuid === 'e');
  expect(e?.status ?? 'UNLISTED').toBe('UNLISTED');
});

test('a Detect event that shows a new document makes a complete book incomplete', async () => {
  const harness = await createBookHarness({}, ['d', 'e']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliverUntilDone(harness, 'BOOK_VERIFIED');
  await harness.live(3);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await deliverUntilDone(harness, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  expect((await harness.reader.documents('b')).map(({ docUuid }) => docUuid)).toContain('e');
  expect(await book(harness)).toMatchObject({ complete: false });
});

/** Detect has another answer once a document is verified again. */
const saysSignals = (harness: Awaited<ReturnType<typeof createBookHarness>>, version: number) => {
  const body = {
    book_uuid: 'b',
    doc_analysis: [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED', version }],
  };
  harness.ocrolus.says(calls.documentSignals('d'), { body });
  harness.ocrolus.says(calls.bookSignals('b'), { body });
};

const latestSignals = async (harness: Awaited<ReturnType<typeof createBookHarness>>) => {
  const bodies = await Promise.all(
    ['d', 'b'].map((subject) => harness.reader.resultBody('b', 'signals', subject)),
  );
  return bodies.join(' ');
};

test.each(['document.detect.signal_found', 'book.detect.signal_found'])(
  'signals of an active document that a late %s brings do not count for the verified document',
  async (event) => {
    const harness = await createBookHarness();
    saysSignals(harness, 1);
    await deliver(harness, 'BOOK_VERIFIED');
    await harness.live(1);
    saysStatus(harness.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
    await deliver(harness, 'document.upload_succeeded');
    await harness.liveHours(2);
    await deliver(harness, event, { uploadedDocUuid: 'd' });
    saysStatus(harness.ocrolus, 'b', 'VERIFIED', [document('d')]);
    saysSignals(harness, 2);
    await harness.live(3);
    expect(await book(harness)).toMatchObject({ complete: true });
    expect(await latestSignals(harness)).toContain('"version":2');
  },
);

test('signals that were requested while a document was active, and are written once it is verified', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock } = harness;
  saysSignals(harness, 1);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(harness, 'document.upload_succeeded');
  await harness.liveHours(2);
  const other = createHarness(harness.table, { clock, ocrolus, bodies: harness.consumers.bodies });
  const [before] = ocrolus.script(calls.documentSignals('d'));
  let isMeanwhile = false;
  // The answer is on its way while the document is verified, and another consumer writes that.
  ocrolus.before = async (target) => {
    if (isMeanwhile || !target.includes('/signals')) return;
    isMeanwhile = true;
    const asked = clock.now();
    clock.advance(1);
    saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
    await receive(other, [delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { receivedAt: clock.iso() })]);
    clock.advance((asked - clock.now()) / 1000);
    ocrolus.says(target, ...(before === undefined ? [] : [before]));
  };
  await deliver(harness, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  expect(isMeanwhile).toBe(true);
  clock.advance(10);
  saysSignals(harness, 2);
  await harness.live(3);
  expect(await book(harness)).toMatchObject({ complete: true });
  expect(await latestSignals(harness)).toContain('"version":2');
});

test('signals that the poller fetched while the document was active are fetched again once it is verified', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await deliver(harness, 'document.upload_succeeded');
  for (const call of [calls.documentSignals('d'), calls.partSignals('d'), calls.bookSignals('b')])
    ocrolus.says(call, error(404, 1501));
  await deliverUntilDone(harness, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  const saysSignals = (text: string) => {
    const doc_analysis = [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED', form_analysis: [text] }];
    for (const call of [calls.documentSignals('d'), calls.partSignals('d'), calls.bookSignals('b')])
      ocrolus.says(call, { body: { book_uuid: 'b', doc_analysis } });
  };
  saysSignals('of the active document');
  await harness.live(1);
  expect(await newestSignals(harness)).toContain('active');
  saysSignals('of the verified document');
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await harness.live(2);
  expect(await newestSignals(harness)).toContain('verified document');
});

/** Signals of the document or of its book, whichever were fetched later. */
async function newestSignals({ reader }: Parameters<typeof book>[0]): Promise<string> {
  const stored = (await reader.results('b')).filter(({ kind }) => kind === 'signals');
  const [newest] = stored.sort((one, other) => (one.fetchedAt < other.fetchedAt ? 1 : -1));
  return String(await reader.resultBody('b', 'signals', newest?.subject));
}
