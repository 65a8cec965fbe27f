import { QUIET } from '../../simulation/kernel/faults.ts';
import { PlayedOcrolus } from '../../simulation/played/played-ocrolus.ts';
import { createPlayedSystem } from '../../simulation/played/system.ts';
import { ACCOUNT, MINUTE, SECOND } from '../units/book-life.ts';
import { type LoneEvent, loneBook, loneDelivery, loneResults } from './lone-event.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

/** Least and most milliseconds of one request, as AWS and Ocrolus answer on a usual day. */
const LATENCY = {
  table: [3, 7],
  fetch: [30, 50],
  queue: [6, 14],
  bodies: [10, 30],
  secret: [6, 14],
} as const;

const START = Date.UTC(2026, 2, 2, 8);
/** Events that open environments and get tokens. */
const WARM_UP = 20;

/**
 * From the webhook's 200 until the table has the results that a lone event names, in virtual time: what the system itself
 * adds to the requests that it makes.
 *
 * @param events so many, about a minute apart.
 */
export async function measureVirtual(event: LoneEvent, events: number): Promise<Percentiles> {
  const ocrolus = new PlayedOcrolus();
  const delays = Object.entries(LATENCY).map(([port, delay]) => [port, { delay }]);
  const profile = { ...QUIET, ports: Object.fromEntries(delays) };
  const system = createPlayedSystem({ ocrolus, accounts: [ACCOUNT], startAt: START, profile });
  const { scheduler, random } = system.core.simulation;
  const spacing = random.fork('spacing');
  const visibleAt = new Map<string, number>();
  system.core.table.onChange(({ key: { bookId, item } }) =>
    visibleAt.set(`${bookId} ${item}`, scheduler.now()),
  );
  system.start();
  const took: number[] = [];
  for (let n = 1; n <= events + WARM_UP; n += 1) {
    const { before, after } = loneBook(n);
    ocrolus.set(before);
    await inTime(system.post(ACCOUNT, loneDelivery('document.upload_succeeded', n)));
    await scheduler.run(scheduler.now() + 30 * SECOND);
    ocrolus.set(after);
    await inTime(system.post(ACCOUNT, loneDelivery(event, n)));
    const acceptedAt = scheduler.now();
    await scheduler.run(acceptedAt + MINUTE / 2 + spacing.int(0, 5 * SECOND));
    const times = loneResults(event, n).map(({ bookId, item }) => visibleAt.get(`${bookId} ${item}`));
    const last = Math.max(...times.map((time) => time ?? Number.NaN));
    if (Number.isNaN(last)) throw new Error(`no result of ${after.uuid}`);
    if (n > WARM_UP) took.push(last - acceptedAt);
    // The book is asked about no more, so that no later poll disturbs the next event.
    ocrolus.change(after.uuid, { status: 'DELETED' });
  }
  return percentilesOf(took);

  /** Lets time pass until the work is done. */
  async function inTime(work: Promise<void>): Promise<void> {
    let isDone = false;
    const watched = work.finally(() => {
      isDone = true;
    });
    await scheduler.run(scheduler.now() + 10 * SECOND, () => isDone);
    await watched;
  }
}
