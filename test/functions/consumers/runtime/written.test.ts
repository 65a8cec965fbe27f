import { beforeEach, expect, test } from 'vitest';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';

const book = useBook();
beforeEach(() => book.says('VERIFYING', [document('d'), document('e')]));

const ofDocument = (uploadedDocUuid: string) => book.event('DOC_VERIFIED', { uploadedDocUuid });
const FORMS = ['RESULT#forms#d', 'RESULT#transactions#d'];

/** What the ledger says about each delivery, in order. */
async function effects() {
  return (await book.ledger()).map(({ eventName, written, alreadyStored }) => ({
    eventName,
    written: written?.toSorted(),
    alreadyStored: alreadyStored?.toSorted(),
  }));
}

test('an entry lists what was stored; that of a copy, that it was there already', async () => {
  book.says('VERIFYING', [document('d')]);
  for (let copy = 0; copy < 2; copy += 1) {
    await book.receive([ofDocument('d')]);
    book.clock.advance(60);
  }
  const eventName = 'DOC_VERIFIED';
  expect(await effects()).toEqual([
    { eventName, written: ['DOC#d', ...FORMS], alreadyStored: undefined },
    { eventName, written: [], alreadyStored: FORMS },
  ]);
});

test('deliveries of a batch each list what they announce, and documents that only others name are left out', async () => {
  book.saysEverything('d', 'e');
  book.says('VERIFYING', [document('d'), document('e'), document('f', 'VERIFYING')]);
  await book.receive([ofDocument('d'), ofDocument('e'), ofDocument('d')]);
  const ofD = ['DOC#d', 'DOC#f', ...FORMS];
  const written = (await effects()).map((one) => one.written);
  const ofE = ['DOC#e', 'DOC#f', 'RESULT#forms#e', 'RESULT#transactions#e'];
  expect(written.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([ofD, ofD, ofE]);
});

test('an event that summarizes others lists what they have stored, and what it fetched itself', async () => {
  await book.receive([ofDocument('d')]);
  book.clock.advance(60);
  book.says('VERIFIED', [document('d')]);
  await book.deliver('BOOK_VERIFIED');
  expect((await effects())[1]).toEqual({
    eventName: 'BOOK_VERIFIED',
    written: ['DOC#e', 'RESULT#paystubs#b'],
    alreadyStored: FORMS,
  });
});

test('a result of two parts is listed with both', async () => {
  book.saysIncome({ id: 1 });
  await book.deliver('book.income.generated');
  expect((await effects())[0]?.written).toEqual(
    expect.arrayContaining(['RESULT#income#b', 'RESULT#income#b@summary']),
  );
});

test('the last attempt counts: what an earlier one stored was there', async () => {
  const event = ofDocument('d');
  book.beforeWrite = (item) => {
    if (item.startsWith('EVENT#')) throw new Error('DynamoDB is down');
  };
  await book.receive([event]);
  book.beforeWrite = () => {};
  book.clock.advance(10);
  await book.receive([event], { attempts: 2 });
  expect(await effects()).toEqual([{ eventName: 'DOC_VERIFIED', written: [], alreadyStored: FORMS }]);
});

test('a delivery that is being retried has no list; one about which nothing is asked has an empty one', async () => {
  book.ocrolus.before = () => {
    throw new Error('the table is down');
  };
  await book.deliver('DOC_VERIFIED', { uploadedDocUuid: 'd' });
  book.ocrolus.before = () => {};
  book.clock.advance(1);
  await book.deliver('network.book.funded');
  expect((await effects()).map(({ written }) => written)).toEqual([undefined, []]);
});

test('a look lists what it fetched', async () => {
  book.says('VERIFYING', []);
  await book.deliver('document.upload_succeeded');
  book.says('VERIFYING', [document('d')]);
  await book.lookFor(1);
  const looks = (await effects()).filter(({ eventName }) => eventName === 'poll.book');
  expect(looks.flatMap(({ written = [] }) => written)).toEqual(expect.arrayContaining(FORMS));
});

test('twenty keys are listed, and the others counted', async () => {
  const many = Array.from({ length: 23 }, (_, n) => document(`d${n}`, 'VERIFYING'));
  book.says('VERIFYING', many);
  await book.deliver('document.upload_succeeded');
  const [entry] = await book.ledger();
  expect(entry?.written).toHaveLength(20);
  expect(entry?.unlisted).toBe(3);
});
