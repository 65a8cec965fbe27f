import { parseArgs } from 'node:util';
import { PlayedOcrolus } from '../simulation/played/played-ocrolus.ts';
import { createPlayedSystem } from '../simulation/played/system.ts';
import { ACCOUNT, bookOf, deliveriesOf, deliveryOf, MINUTE, SECOND, START, uuidOf } from './books.ts';

const USAGE = `Counts what deliveries cost, with the whole system in virtual time: the same on every machine.

Usage: node test/bench/units.ts [--json] [--documents N] [--books N]

  --documents N  of each book (default 4)
  --books N      (default 100)
  --json         one JSON document on standard output`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    help: { type: 'boolean' },
    documents: { type: 'string', default: '4' },
    books: { type: 'string', default: '100' },
  },
});
if (values.help === true) console.log(USAGE);
else {
  const sizes = [Number(values.books), Number(values.documents)] as const;
  const figures = { paced: await measure('paced', ...sizes), burst: await measure('burst', ...sizes) };
  if (values.json === true) console.log(JSON.stringify(figures));
  else console.table(figures);
}

/**
 * @param pace `paced`: with pauses of a minute or more, as capture by people. `burst`: all deliveries within ten seconds, when everything is done, as after an outage, or of a machine.
 * @throws Error when the books are not complete after a day.
 */
async function measure(pace: 'paced' | 'burst', books: number, documents: number) {
  const ocrolus = new PlayedOcrolus();
  const system = createPlayedSystem({ ocrolus, accounts: [ACCOUNT], startAt: START });
  const { table, simulation } = system.core;
  const { scheduler, random } = simulation;
  system.start();
  const numbers = Array.from({ length: books }, (_, n) => n + 1);
  const deliveries = deliveriesOf(documents);
  for (const n of numbers) {
    const chance = random.fork(`book-${n}`);
    // Books of different lenders do not keep step.
    const startAt = START + (pace === 'paced' ? n * MINUTE + ((n * 7919) % MINUTE) : MINUTE);
    const show = (at: number, verified: number) =>
      scheduler.at(startAt + at, () => ocrolus.set(bookOf(n, documents, verified)));
    if (pace === 'burst') show(0, documents);
    else for (let verified = 0; verified <= documents; verified += 1) show(verified * MINUTE, verified);
    for (const { event, document, at } of deliveries)
      scheduler.at(
        startAt + (pace === 'paced' ? at : chance.int(0, 10 * SECOND)),
        () => void system.post(ACCOUNT, deliveryOf(event, n, document)),
      );
  }
  const isComplete = (n: number) => table.peek({ bookId: uuidOf(n), item: 'BOOK' })?.complete === true;
  while (!numbers.every(isComplete)) {
    if (scheduler.now() > START + 24 * 60 * MINUTE) throw new Error('the books are not complete after a day');
    await scheduler.run(scheduler.now() + MINUTE);
  }
  const count = books * deliveries.length;
  const results = numbers.flatMap((n) => [...table.peekPartition(uuidOf(n), 'RESULT#')]).length;
  const { writeUnits, readUnits, refusedWrites } = table.usage;
  return {
    books,
    deliveries: count,
    results,
    calls: ocrolus.calls,
    writeUnits,
    readUnits: Math.round(readUnits),
    unitsPerDelivery: rounded(writeUnits / count),
    refusedPerDelivery: rounded(refusedWrites / count),
    callsPerResult: rounded(ocrolus.calls / results),
    /** From the first event until the last book was complete. */
    minutes: rounded((scheduler.now() - START) / MINUTE),
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
