import { parseArgs } from 'node:util';
import { QUIET } from '../simulation/kernel/faults.ts';
import { defaultStage } from '../simulation/system/settings.ts';
import { createPlayedSystem } from '../upgrade/played/played-system.ts';
import { ACCOUNT, bookOf, deliveriesOf, deliveryOf, MINUTE, PORTS, SECOND, START, uuidOf } from './books.ts';

const USAGE = `Measures in virtual time what a stage sustains, with its default settings. Every book has four documents and eleven deliveries.

Usage: node test/bench/pace.ts [--json] [--rate N] [--seconds N] [--requests N] [--heavy N]

  --rate N      deliveries a second (default 10)
  --seconds N   for how long (default 3600)
  --requests N  ocrolus.requestsPerSecond (default 12)
  --heavy N     ocrolus.heavyRequestsPerSecond (default 1)
  --json        one JSON document on standard output`;

const DAY_SECONDS = 86_400;
const number = (text: string) => ({ type: 'string', default: text }) as const;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    help: { type: 'boolean' },
    rate: number('10'),
    seconds: number('3600'),
    requests: number('12'),
    heavy: number('1'),
  },
});
if (values.help === true) console.log(USAGE);
else {
  const figures = await measure({
    rate: Number(values.rate),
    seconds: Number(values.seconds),
    requestsPerSecond: Number(values.requests),
    heavyRequestsPerSecond: Number(values.heavy),
  });
  if (values.json === true) console.log(JSON.stringify(figures));
  else console.table(figures);
}

interface Load {
  readonly rate: number;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly heavyRequestsPerSecond: number;
}

/** @throws Error when the books are not complete after ten days. */
async function measure({ rate, seconds, ...rates }: Load) {
  const stage = { ...defaultStage([ACCOUNT]), ...rates };
  const { core, ocrolus, start, post } = createPlayedSystem(START, stage, { ...QUIET, ports: PORTS });
  const { scheduler } = core.simulation;
  const documents = 4;
  const ofBook = deliveriesOf(documents);
  const books = Math.ceil((rate * seconds) / ofBook.length);
  let posted = 0;
  let dead = 0;
  let calls = 0;
  core.listeners.send = () => {
    calls += 1;
  };
  core.listeners.dead = () => {
    dead += 1;
  };
  start();
  for (let n = 1; n <= books; n += 1) {
    const first = START + MINUTE + ((n - 1) * ofBook.length * SECOND) / rate;
    scheduler.at(first, () => ocrolus.set(bookOf(n, documents, documents)));
    for (const [index, { event, document }] of ofBook.entries()) {
      scheduler.at(first + (index * SECOND) / rate, () => {
        posted += 1;
        void post(ACCOUNT, deliveryOf(event, n, document));
      });
    }
  }
  const isComplete = (n: number) => core.table.peek({ bookId: uuidOf(n), item: 'BOOK' })?.complete === true;
  const beganAt = START + MINUTE;
  const waiting = new Set(Array.from({ length: books }, (_, n) => n + 1));
  const queued = () => [...core.queues.all()].reduce((sum, queue) => sum + queue.depth, 0);
  let deepest = 0;
  while (waiting.size > 0) {
    if (scheduler.now() > START + 10 * DAY_SECONDS * SECOND)
      throw new Error(`${waiting.size} books are not complete after ten days`);
    await scheduler.run(scheduler.now() + MINUTE);
    deepest = Math.max(deepest, queued());
    for (const n of waiting) if (isComplete(n)) waiting.delete(n);
  }
  const took = (scheduler.now() - beganAt) / SECOND;
  return {
    deliveries: posted,
    books,
    dead,
    deepestQueues: deepest,
    calls,
    hoursUntilAllComplete: Number((took / 3600).toFixed(2)),
    hoursToDrain: Number(((took - seconds) / 3600).toFixed(2)),
    booksPerDay: Math.round((books * DAY_SECONDS) / took),
  };
}
