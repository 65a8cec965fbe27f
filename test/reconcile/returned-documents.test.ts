import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { error, signals } from '../consumers/testing/answers.ts';
import { createStage, delivery, receive } from '../consumers/testing/stage.ts';
import { createPollerStage } from '../poller/testing/stage.ts';
import { document, saysBook, saysEverything, saysStatus } from './testing/answers.ts';
import { dyingTable } from './testing/dying-table.ts';
import { announce, book, createBookStage, deliver, results } from './testing/stage.ts';

const NEW_FORMS = { body: { status: 200, response: { forms: ['new'] } } };

/** Documents that are at work again for a while, or move, between two polls: they are fetched again. */
test('poller dies between writing a document at work and its book; then the book looks as before', async () => {
  const dying = await dyingTable();
  const { table } = dying;
  const stage = createPollerStage(table);
  const { ocrolus } = stage;
  saysEverything(ocrolus);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING')]);
  let hasDied = false;
  let hasWritten = false;
  dying.dies = (item) => {
    if (item === 'DOC#d') hasWritten = true;
    if (item === 'BOOK' && hasWritten) hasDied = true;
    return item === 'BOOK' && hasWritten;
  };
  for (let hour = 0; hour < 40 && !hasDied; hour += 1) {
    stage.clock.advance(3600);
    await stage.run();
  }
  expect(hasDied).toBe(true);
  dying.dies = () => false;
  expect((await stage.reader.documents('b'))[0]).toMatchObject({ status: 'PROCESSING' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  ocrolus.says(calls.documentForms('d'), NEW_FORMS);
  await stage.live(5);
  expect((await stage.reader.documents('b'))[0]).toMatchObject({ status: 'VERIFICATION_COMPLETE' });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('a document that an event of another one showed at work again, in a book at work', async () => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1'), document('d2', 'VERIFYING')]);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  await stage.liveHours(2);
  expect(await results(stage)).toContain('forms d1');
  // d1 is upgraded: at work again, as the event of d2 shows; finished before the next poll, its own events are lost.
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1', 'PROCESSING'), document('d2')]);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1'), document('d2')]);
  ocrolus.says(calls.documentForms('d1'), NEW_FORMS);
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd1'))).toContain('new');
});

test('the same in a book at work that is not settled', async () => {
  const stage = await createBookStage({}, ['d1', 'd2', 'd3']);
  const { ocrolus } = stage;
  ocrolus.says(calls.documentForms('d3'), error(400, 1404));
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1'), document('d2', 'VERIFYING'), document('d3')]);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd1' });
  await stage.liveHours(2);
  expect(await results(stage)).toContain('forms d1');
  // d1 is upgraded: at work again, as the event of d2 shows; finished before the next poll, its own events are lost.
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d1', 'PROCESSING'), document('d2'), document('d3')]);
  await announce(stage, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d1'), document('d2'), document('d3')]);
  ocrolus.says(calls.documentForms('d1'), NEW_FORMS);
  ocrolus.says(calls.documentForms('d3'), NEW_FORMS);
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd1'))).toContain('new');
});

test('a poll by the pk shows a document of the uuid at work', async () => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  const { ocrolus } = stage;
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: [document('d1'), document('d2')], pk: 7 });
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ complete: true });
  const byPk = calls.bookStatus({ bookPk: '7' });
  ocrolus.says(byPk, error(400, 1401));
  const event = delivery('document.upload_succeeded', { bookPk: '7' }, { receivedAt: stage.clock.iso() });
  await receive(stage.consumers, [event], { attempts: 3 });
  saysBook(ocrolus, 'b', {
    book_status: 'VERIFYING',
    docs: [document('d1', 'PROCESSING'), document('d2')],
    pk: 7,
  });
  ocrolus.says(byPk, ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  stage.clock.advance(330);
  await stage.run();
  expect(await stage.reader.book('pk-7')).toBeUndefined();
  expect(await book(stage)).toMatchObject({ status: 'VERIFYING' });
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: [document('d1'), document('d2')], pk: 7 });
  ocrolus.says(calls.documentForms('d1'), NEW_FORMS);
  await stage.live(5);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd1'))).toContain('new');
});

test('a Detect event of an unknown document shows another one at work', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING'), document('e')]);
  await deliver(stage, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  ocrolus.says(calls.documentForms('d'), NEW_FORMS);
  await stage.live(5);
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('a late message of the poller shows another document at work, and dies before it has written the book', async () => {
  const dying = await dyingTable();
  const { table } = dying;
  const stage = createPollerStage(table);
  const { ocrolus } = stage;
  const ids = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'];
  saysEverything(ocrolus, 'b', ids);
  await announce(stage, 'document.upload_succeeded');
  stage.clock.advance(700);
  await stage.run();
  const [late] = stage.sent.filter(({ eventName }) => eventName === 'poll.documents');
  if (late === undefined) throw new Error('nothing sent');
  expect(late.wants?.some(({ subject }) => subject === 'd7')).toBe(false);
  await stage.process();
  stage.clock.advance(700);
  await stage.run();
  expect(await book(stage)).toMatchObject({ complete: true });
  // SQS delivers it once more, while d7 is processed again.
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
  expect(await receive(stage.consumers, [late])).toHaveLength(1);
  dying.dies = () => false;
  saysStatus(
    ocrolus,
    'b',
    'VERIFIED',
    ids.map((id) => document(id)),
  );
  ocrolus.says(calls.documentForms('d7'), NEW_FORMS);
  stage.clock.advance(60);
  expect(await receive(stage.consumers, [late], { attempts: 2 })).toHaveLength(0);
  await stage.live(5);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd7'))).toContain('new');
});

test('what a slow consumer saw is written after the poller has seen the book as before', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  const { ocrolus, clock } = stage;
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  expect(await book(stage)).toMatchObject({ complete: true });
  // The poller is about to poll it. The consumer is held up for two seconds after its answer of Book status, and before its first write.
  clock.advance(12 * 3600);
  expect(await stage.due()).toHaveLength(1);
  let isHeldUp = false;
  const { table } = stage;
  const held: typeof table = {
    ...table,
    put: async (item, condition) => {
      if (!isHeldUp) {
        isHeldUp = true;
        saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
        ocrolus.says(calls.documentForms('d'), { body: { status: 200, response: { forms: ['new'] } } });
        clock.advance(2);
        await stage.run();
      }
      return table.put(item, condition);
    },
  };
  const slow = createStage(held, { clock, ocrolus, bodies: stage.consumers.bodies });
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'PROCESSING'), document('e')]);
  const event = delivery('document.upload_succeeded', { bookUuid: 'b' }, { receivedAt: clock.iso() });
  expect(await receive(slow, [event])).toEqual([]);
  await stage.live(5);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(String(await stage.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('a document that moves from mixed_docs to docs', async () => {
  const stage = await createBookStage({}, ['d', 'm']);
  const { ocrolus } = stage;
  saysBook(ocrolus, 'b', {
    book_status: 'VERIFIED',
    docs: [document('d')],
    mixed_docs: [document('m', 'COMPLETED')],
  });
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('m', 'COMPLETED')]);
  await stage.live(5);
  expect(await results(stage)).toContain('forms m');
});

test('a document that was a mixed one while it was at work is waited for by Detect', async () => {
  const stage = await createBookStage({}, ['d', 'm']);
  const { ocrolus } = stage;
  saysBook(ocrolus, 'b', {
    book_status: 'VERIFYING',
    docs: [document('d')],
    mixed_docs: [document('m', 'PROCESSING')],
  });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  await deliver(stage, 'document.upload_succeeded');
  await stage.liveHours(2);
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('m')]);
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.liveHours(5);
  ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', m: 'COMPLETED' }));
  await stage.live(4);
  const m = (await stage.reader.documents('b')).find(({ docUuid }) => docUuid === 'm');
  expect(m?.detect?.state).toBe('COMPLETED');
});

test('a Detect event shows a document that is gone before the next poll', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(2);
  expect(await book(stage)).toMatchObject({ complete: true });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d'), document('e')]);
  await announce(stage, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await stage.live(5);
  const e = (await stage.reader.documents('b')).find(({ docUuid }) => docUuid === 'e');
  expect(e?.status ?? 'UNLISTED').toBe('UNLISTED');
});

test('a Detect event shows a new document in a complete book: it is not complete any more', async () => {
  const stage = await createBookStage({}, ['d', 'e']);
  const { ocrolus } = stage;
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await deliver(stage, 'BOOK_VERIFIED');
  await stage.live(3);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d'), document('e', 'VERIFYING')]);
  await deliver(stage, 'document.detect.signal_found', { uploadedDocUuid: 'e' });
  expect((await stage.reader.documents('b')).map(({ docUuid }) => docUuid)).toContain('e');
  expect(await book(stage)).toMatchObject({ complete: false });
});

/** Detect has another answer once a document is verified again. */
const saysSignals = (stage: Awaited<ReturnType<typeof createBookStage>>, version: number) => {
  const body = {
    book_uuid: 'b',
    doc_analysis: [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED', version }],
  };
  stage.ocrolus.says(calls.documentSignals('d'), { body });
  stage.ocrolus.says(calls.bookSignals('b'), { body });
};

const latestSignals = async (stage: Awaited<ReturnType<typeof createBookStage>>) => {
  const bodies = await Promise.all(
    ['d', 'b'].map((subject) => stage.reader.resultBody('b', 'signals', subject)),
  );
  return bodies.join(' ');
};

test.each(['document.detect.signal_found', 'book.detect.signal_found'])(
  'signals that a late %s brings of a document at work are not those of the document once it is verified',
  async (event) => {
    const stage = await createBookStage();
    saysSignals(stage, 1);
    await announce(stage, 'BOOK_VERIFIED');
    await stage.live(1);
    saysStatus(stage.ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
    await announce(stage, 'document.upload_succeeded');
    await stage.liveHours(2);
    await announce(stage, event, { uploadedDocUuid: 'd' });
    saysStatus(stage.ocrolus, 'b', 'VERIFIED', [document('d')]);
    saysSignals(stage, 2);
    await stage.live(3);
    expect(await book(stage)).toMatchObject({ complete: true });
    expect(await latestSignals(stage)).toContain('"version":2');
  },
);

test('signals that were asked for while a document was at work, and are written when it is verified', async () => {
  const stage = await createBookStage();
  const { ocrolus, clock } = stage;
  saysSignals(stage, 1);
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await announce(stage, 'document.upload_succeeded');
  await stage.liveHours(2);
  const other = createStage(stage.table, { clock, ocrolus, bodies: stage.consumers.bodies });
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
  await announce(stage, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  expect(isMeanwhile).toBe(true);
  clock.advance(10);
  saysSignals(stage, 2);
  await stage.live(3);
  expect(await book(stage)).toMatchObject({ complete: true });
  expect(await latestSignals(stage)).toContain('"version":2');
});

test('signals that the poller fetched while the document was at work are fetched again once it is verified', async () => {
  const stage = await createBookStage();
  const { ocrolus } = stage;
  await announce(stage, 'BOOK_VERIFIED');
  await stage.live(1);
  saysStatus(ocrolus, 'b', 'VERIFYING', [document('d', 'VERIFYING')]);
  await announce(stage, 'document.upload_succeeded');
  for (const call of [calls.documentSignals('d'), calls.partSignals('d'), calls.bookSignals('b')])
    ocrolus.says(call, error(404, 1501));
  await deliver(stage, 'document.detect.signal_found', { uploadedDocUuid: 'd' });
  const saysSignals = (text: string) => {
    const doc_analysis = [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED', form_analysis: [text] }];
    for (const call of [calls.documentSignals('d'), calls.partSignals('d'), calls.bookSignals('b')])
      ocrolus.says(call, { body: { book_uuid: 'b', doc_analysis } });
  };
  saysSignals('of the document at work');
  await stage.live(1);
  expect(await newestSignals(stage)).toContain('at work');
  saysSignals('of the verified document');
  saysStatus(ocrolus, 'b', 'VERIFIED', [document('d')]);
  await stage.live(2);
  expect(await newestSignals(stage)).toContain('verified document');
});

/** Of the document or of its book, whichever was fetched later. */
async function newestSignals({ reader }: Parameters<typeof book>[0]): Promise<string> {
  const stored = (await reader.results('b')).filter(({ kind }) => kind === 'signals');
  const [newest] = stored.sort((one, other) => (one.fetchedAt < other.fetchedAt ? 1 : -1));
  return String(await reader.resultBody('b', 'signals', newest?.subject));
}
