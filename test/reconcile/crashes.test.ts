import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { signals } from '../consumers/testing/answers.ts';
import { createStage, delivery, receive } from '../consumers/testing/stage.ts';
import { createPollerStage, type PollerStage } from '../poller/testing/stage.ts';
import { document, FORBIDDEN, saysBook, saysEverything } from './testing/answers.ts';
import { type DyingTable, dyingTable } from './testing/dying-table.ts';
import { announce, book, results } from './testing/stage.ts';

/** Consumers that are killed at any of their writes, whatever comes after. */
const STATUS = calls.bookStatus({ bookUuid: 'b' });
const BY_PK = calls.bookStatus({ bookPk: '7' });

/** A stage, and a consumer of it that can be killed. */
async function createDyingStage() {
  const dying = await dyingTable();
  const stage = createPollerStage(dying.table);
  const { ocrolus, clock } = stage;
  const killed = createStage(dying.table, { clock, ocrolus, bodies: stage.consumers.bodies });
  saysEverything(ocrolus);
  return { dying, stage, killed, ocrolus, clock };
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
  const { dying, stage, killed, ocrolus, clock } = await createDyingStage();
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: [{ ...document('d'), pk: 11 }], pk: 7 });
  await announce(stage, 'BOOK_VERIFIED');
  await stage.liveHours(2);
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
  expect(await receive(stage.consumers, events, { attempts: 3 })).toEqual([]);
  await stage.live(2);
  const recorded = (await stage.reader.events('b')).filter(({ source }) => source === 'webhook');
  const is: Readonly<Record<string, boolean>> = {
    forms: String(await stage.reader.resultBody('b', 'forms', 'd')).includes('new'),
    income: (await results(stage)).includes('income b'),
    ledger: recorded.length === 3 && recorded.every(({ outcome }) => outcome !== 'retrying'),
    moved: (await readBook(dying.table, 'pk-7')) === undefined,
    complete: (await book(stage))?.complete === true,
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

async function itemsOf(stage: PollerStage, bookId: string, prefix: string) {
  const items = [];
  for await (const item of stage.table.query({ bookId, prefix })) items.push(item);
  return items;
}

test('a Detect event without a book, and two crashes: it is in the ledger once, and nothing is lost', async () => {
  const addresses = [calls.documentSignals('d'), calls.partSignals('d')];
  for (let crashAt = 0; crashAt <= 12; crashAt += 1) {
    const { dying, stage, killed, ocrolus, clock } = await createDyingStage();
    for (const call of addresses) ocrolus.says(call, FORBIDDEN);
    const event = delivery('document.detect.signal_found', { docUuid: 'd' }, { receivedAt: clock.iso() });
    killAt(dying, crashAt);
    let failed = await receive(killed, [event]);
    for (const call of addresses) ocrolus.says(call, signals('b', { d: 'COMPLETED' }));
    killAt(dying, crashAt);
    if (failed.length > 0) failed = await receive(killed, [event], { attempts: 2 });
    dying.dies = () => false;
    if (failed.length > 0) expect(await receive(stage.consumers, [event], { attempts: 3 })).toEqual([]);
    await stage.live(2);
    const recorded = [
      ...(await itemsOf(stage, 'b', 'EVENT#')),
      ...(await itemsOf(stage, 'account', 'EVENT#')),
    ].filter(({ source }) => source === 'webhook');
    expect(recorded, `killed at ${crashAt}`).toHaveLength(1);
    expect(await itemsOf(stage, 'account', 'OPEN#')).toEqual([]);
    expect((await stage.reader.documents('b'))[0]).toMatchObject({ detect: { state: 'COMPLETED' } });
  }
});

test('what Detect has answered to an event stays when the event is processed once more', async () => {
  const { dying, stage, killed, ocrolus, clock } = await createDyingStage();
  await announce(stage, 'BOOK_VERIFIED');
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
  expect(await receive(stage.consumers, [event], { attempts: 2 })).toEqual([]);
  expect((await stage.reader.documents('b'))[0]).toMatchObject({ detect: { state: 'UNSUPPORTED' } });
});
