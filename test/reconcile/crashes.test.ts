import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { signals } from '../consumers/testing/answers.ts';
import { createHarness, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { document, FORBIDDEN, saysBook, saysEverything } from './testing/answers.ts';
import { type DyingTable, dyingTable } from './testing/dying-table.ts';
import { book, deliver, results } from './testing/harness.ts';

/** Consumers that are killed at any of their writes, whatever comes after. */
const STATUS = calls.bookStatus({ bookUuid: 'b' });
const BY_PK = calls.bookStatus({ bookPk: '7' });

/** A harness, and a consumer of it that can be killed. */
async function createDyingHarness() {
  const dying = await dyingTable();
  const harness = createPollerHarness(dying.table);
  const { ocrolus, clock } = harness;
  const killed = createHarness(dying.table, { clock, ocrolus, bodies: harness.consumers.bodies });
  saysEverything(ocrolus);
  return { dying, harness, killed, ocrolus, clock };
}

/** Every write from one on kills the process. */
function killAt(dying: DyingTable, first: number): void {
  let writes = 0;
  dying.dies = () => {
    writes += 1;
    return writes > first;
  };
}

/** Processes the events of a pk while the consumer is killed twice. @returns what is wrong. */
async function killTwice(crashAt: number, secondAt: number): Promise<string[]> {
  const { dying, harness, killed, ocrolus, clock } = await createDyingHarness();
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: [{ ...document('d'), pk: 11 }], pk: 7 });
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.liveHours(2);
  ocrolus.says(calls.documentForms('d'), { body: { status: 200, response: { forms: ['new'] } } });
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  ocrolus.says(BY_PK, FORBIDDEN, ...ocrolus.script(STATUS));
  const receivedAt = clock.iso();
  const events = [
    delivery('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '11' }, { receivedAt }),
    delivery('book.income.generated', { bookPk: '7' }, { receivedAt }),
  ];
  killAt(dying, crashAt);
  await receive(killed, events);
  clock.advance(30);
  killAt(dying, secondAt);
  await receive(killed, events, { attempts: 2 });
  dying.dies = () => false;
  clock.advance(30);
  expect(await receive(harness.consumers, events, { attempts: 3 })).toEqual([]);
  await harness.live(2);
  const recorded = (await harness.reader.events('b')).filter(({ source }) => source === 'webhook');
  const is: Readonly<Record<string, boolean>> = {
    forms: String(await harness.reader.resultBody('b', 'forms', 'd')).includes('new'),
    income: (await results(harness)).includes('income b'),
    ledger: recorded.length === 3 && recorded.every(({ outcome }) => outcome !== 'retrying'),
    moved: (await readBook(dying.table, 'pk-7')) === undefined,
    complete: (await book(harness))?.complete === true,
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

async function itemsOf(harness: PollerHarness, bookId: string, prefix: string) {
  const items = [];
  for await (const item of harness.table.query({ bookId, prefix })) items.push(item);
  return items;
}

test('a Detect event without a book, and two crashes: it is in the ledger once, and nothing is lost', async () => {
  const addresses = [calls.documentSignals('d'), calls.partSignals('d')];
  for (let crashAt = 0; crashAt <= 12; crashAt += 1) {
    const { dying, harness, killed, ocrolus, clock } = await createDyingHarness();
    for (const call of addresses) ocrolus.says(call, FORBIDDEN);
    const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { receivedAt: clock.iso() });
    killAt(dying, crashAt);
    let failed = await receive(killed, [event]);
    for (const call of addresses) ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
    killAt(dying, crashAt);
    if (failed.length > 0) failed = await receive(killed, [event], { attempts: 2 });
    dying.dies = () => false;
    if (failed.length > 0) expect(await receive(harness.consumers, [event], { attempts: 3 })).toEqual([]);
    await harness.live(2);
    const recorded = [
      ...(await itemsOf(harness, 'b', 'EVENT#')),
      ...(await itemsOf(harness, 'account', 'EVENT#')),
    ].filter(({ source }) => source === 'webhook');
    expect(recorded, `killed at ${crashAt}`).toHaveLength(1);
    expect(await itemsOf(harness, 'account', 'OPEN#')).toEqual([]);
    expect((await harness.reader.documents('b'))[0]).toMatchObject({ detect: { state: 'COMPLETED' } });
  }
});

test('the answer of Detect to an event is kept when the event is processed again', async () => {
  const { dying, harness, killed, ocrolus, clock } = await createDyingHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'UNSUPPORTED' }));
  const event = delivery(
    'document.detect.unable_to_process',
    { bookUuid: 'b', uploadedDocUuid: 'd' },
    // By a clock that is ahead.
    { receivedAt: new Date(clock.now() + 3000).toISOString() },
  );
  dying.dies = (item) => item.startsWith('EVENT#');
  expect(await receive(killed, [event])).toHaveLength(1);
  dying.dies = () => false;
  clock.advance(5);
  expect(await receive(harness.consumers, [event], { attempts: 2 })).toEqual([]);
  expect((await harness.reader.documents('b'))[0]).toMatchObject({ detect: { state: 'UNSUPPORTED' } });
});
