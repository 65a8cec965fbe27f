import { beforeEach, expect, test } from 'vitest';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';
import { receive } from '../testing/harness.ts';

const book = useBook();

let written: string[];
beforeEach(() => {
  book.says('VERIFYING', [document('d')]);
  written = [];
  book.beforeWrite = (item) => void written.push(item);
});
const message = () => book.event('DOC_VERIFIED', { uploadedDocUuid: 'd' });
/** The table is down for items of a kind. */
const fails = (prefix: string) => {
  book.beforeWrite = (item) => {
    if (item.startsWith(prefix)) throw new Error('DynamoDB is down');
  };
};
const works = () => {
  book.beforeWrite = () => {};
};

test('documents are written before their book, bodies before what closes their entries, the ledger last', async () => {
  await book.receive([message()]);
  expect(written.slice(0, 2)).toEqual(['DOC#d', 'BOOK']);
  for (const body of ['RESULT#forms#d', 'RESULT#transactions#d'])
    expect(written.lastIndexOf('DOC#d')).toBeGreaterThan(written.indexOf(body));
  expect(written.at(-1)).toMatch(/^EVENT#/);
});

test('a message that was received before writes down what it names before anything is asked', async () => {
  await book.deliver('document.upload_succeeded');
  written.splice(0);
  book.ocrolus.before = () => expect(written.slice(0, 2)).toEqual(['BOOK', 'DOC#d']);
  expect(await book.receive([message()], { attempts: 2 })).toEqual([]);
});

test('the second receive of a message about a complete book leaves it incomplete until it ends', async () => {
  book.saysEverything('d');
  await book.complete();
  book.saysIncome();
  const seen: unknown[] = [];
  book.ocrolus.before = async () => void seen.push(await book.item());
  const again = new Date(book.clock.now() + 15 * 60_000).toISOString();
  await book.deliver('book.income.generated', {}, { attempts: 2 });
  const dueAt = expect.any(String);
  expect(seen[0]).toMatchObject({ complete: false, dueAt, entries: { income: { answered: 0 } } });
  // Another copy of it may still be at work.
  expect(await book.item()).toMatchObject({ again });
  book.clock.advance(16 * 60);
  await book.look();
  expect(await book.shown()).toMatchObject({ complete: true });
});

test.each(['BOOK', 'RESULT#forms#d', 'RESULT#transactions#d', 'DOC#d', 'EVENT#'])(
  'when writing %s fails the message is retried, and everything is there once',
  async (unwritable) => {
    const event = message();
    fails(unwritable);
    expect(await book.receive([event])).toEqual(['message-0']);
    const isLedger = unwritable === 'EVENT#';
    const retrying = { outcome: 'retrying', codes: ['Error'] };
    expect(await book.ledger()).toMatchObject(isLedger ? [] : [retrying]);
    works();
    expect(await book.receive([event], { attempts: 2 })).toEqual([]);
    const { deliveryId } = event;
    expect(await book.ledger()).toMatchObject([
      { deliveryId, attempts: 2, ...(!isLedger && { outcome: 'applied', codes: ['Error'] }) },
    ]);
    expect(await book.document('d')).toMatchObject({ status: 'VERIFICATION_COMPLETE' });
    expect(await book.captured()).toEqual(['d']);
    expect(await book.stored()).toEqual(['forms d', 'transactions d']);
  },
);

test('a delivery is not processed again once a copy of it is finished', async () => {
  book.says('VERIFYING');
  const event = message();
  await book.receive([event], { attempts: 3 });
  book.ocrolus.asked.splice(0);
  expect(await book.receive([event], { attempts: 4 })).toEqual([]);
  expect(book.ocrolus.asked).toEqual([]);
  expect(await book.ledger()).toMatchObject([{ outcome: 'waiting', attempts: 3 }]);
});

const payload = { encoding: 'utf8', body: '{"borrower":"Jane Doe"}' } as const;
test.each([
  ['a finished delivery is kept as long', 'document.upload_failed', { payload }, 30],
  ['a delivery that is being retried is kept as long', 'BOOK_VERIFIED', { payload }, 30],
  ['a delivery without payload is kept as long as the ledger', 'document.upload_failed', {}, 180],
])('with a limit for payloads, the entry of %s', async (_, eventName, more, days) => {
  const { dependencies } = book.consumers;
  const settings = { ...dependencies.settings, PAYLOAD_DAYS: 30 };
  fails('BOOK');
  await receive({ dependencies: { ...dependencies, settings } }, [book.event(eventName, {}, more)]);
  const [{ expiresAt = 0, processedAt = '' } = {}] = await book.ledger();
  expect((expiresAt - Math.floor(Date.parse(processedAt) / 1000)) / 86_400).toBe(days);
});
