import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { document, FORBIDDEN, signals } from '../../functions/consumers/testing/answers.ts';
import { delivery } from '../events/testing/delivery.ts';
import { useBook } from './testing/book.ts';

/** Consumers that are killed at any of their writes. */
const book = useBook();

const BY_PK = calls.bookStatus({ bookPk: '7' });

/** Every write from one on kills the process. */
function killAt(first: number): void {
  let writes = 0;
  book.beforeWrite = () => {
    writes += 1;
    if (writes > first) throw new Error('killed');
  };
}

test('a crash between any two writes loses nothing', async () => {
  for (let crashAt = 1; crashAt <= 12; crashAt += 1) {
    await book.reset();
    book.saysIncome();
    const event = book.event('book.income.generated');
    // The message is received again, and the Lambda dies again, at any place.
    for (const attempts of [1, 2]) {
      killAt(crashAt);
      await book.receive([event], { attempts });
    }
    book.beforeWrite = () => {};
    // The message is dead: whatever the second receive wrote down must be enough, where it wrote anything.
    if ((await book.item()) === undefined) continue;
    await book.live(2);
    expect(await book.stored(), `killed at write ${crashAt}`).toContain('income b');
    expect(await book.shown()).toMatchObject({ complete: true });
  }
});

/** Processes the events of a pk while the consumer is killed twice. @returns what is wrong. */
async function killTwice(crashAt: number, secondAt: number): Promise<string[]> {
  await book.reset();
  book.says('VERIFIED', [{ ...document('d'), pk: 11 }], { pk: 7 });
  await book.liveAfter('BOOK_VERIFIED', { hours: 2 });
  book.answers(calls.documentForms('d'), { body: { status: 200, response: { forms: ['new'] } } });
  book.saysIncome();
  book.answers(BY_PK, FORBIDDEN, ...book.ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  const receivedAt = book.clock.iso();
  const events = [
    delivery('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '11' }, { receivedAt }),
    delivery('book.income.generated', { bookPk: '7' }, { receivedAt }),
  ];
  killAt(crashAt);
  await book.receive(events);
  book.clock.advance(30);
  killAt(secondAt);
  await book.receive(events, { attempts: 2 });
  book.beforeWrite = () => {};
  book.clock.advance(30);
  expect(await book.receive(events, { attempts: 3 })).toEqual([]);
  await book.live(2);
  const recorded = (await book.ledger()).filter(({ source }) => source === 'webhook');
  const is: Readonly<Record<string, boolean>> = {
    forms: (await book.body('forms', 'd')).includes('new'),
    income: (await book.stored()).includes('income b'),
    ledger: recorded.length === 3 && recorded.every(({ outcome }) => outcome !== 'retrying'),
    moved: (await book.shown('pk-7')) === undefined,
    complete: (await book.shown())?.complete === true,
  };
  return Object.keys(is).filter((name) => is[name] === false);
}

test('two events by the pk of a book, and two crashes: each is in the ledger once, and nothing is lost', async () => {
  for (let crashAt = 0; crashAt <= 14; crashAt += 1) {
    for (let secondAt = 0; secondAt <= 14; secondAt += 4) {
      expect(await killTwice(crashAt, secondAt), `killed at ${crashAt}, then at ${secondAt}`).toEqual([]);
    }
  }
});

async function itemsOf(bookId: string, prefix: string) {
  const items = [];
  for await (const item of book.table.query({ bookId, prefix })) items.push(item);
  return items;
}

test('a Detect event without a book, and two crashes: it is in the ledger once, and nothing is lost', async () => {
  const addresses = [calls.documentSignals('d'), calls.partSignals('d')];
  for (let crashAt = 0; crashAt <= 12; crashAt += 1) {
    await book.reset();
    for (const call of addresses) book.answers(call, FORBIDDEN);
    const event = delivery(
      'document.detect.signal_found',
      { docUuid: 'd' },
      { receivedAt: book.clock.iso() },
    );
    killAt(crashAt);
    let failed = await book.receive([event]);
    for (const call of addresses) book.answers(call, signals('b', { d: 'COMPLETED' }));
    killAt(crashAt);
    if (failed.length > 0) failed = await book.receive([event], { attempts: 2 });
    book.beforeWrite = () => {};
    if (failed.length > 0) expect(await book.receive([event], { attempts: 3 })).toEqual([]);
    await book.live(2);
    const recorded = [...(await itemsOf('b', 'EVENT#')), ...(await itemsOf('account', 'EVENT#'))];
    expect(
      recorded.filter(({ source }) => source === 'webhook'),
      `killed at ${crashAt}`,
    ).toHaveLength(1);
    expect(await itemsOf('account', 'OPEN#')).toEqual([]);
    expect(await book.document('d')).toMatchObject({ detect: { state: 'COMPLETED' } });
  }
});
