import { parseArgs } from 'node:util';
import { type FaultProfile, QUIET } from '../simulation/kernel/faults.ts';
import { PlayedOcrolus } from '../simulation/played/played-ocrolus.ts';
import { createPlayedSystem } from '../simulation/played/system.ts';

const USAGE = `Measures how long a lone event takes from the webhook's 200 until its results are in the table, in milliseconds of virtual
time: what the system itself adds to the requests that it makes.

Usage: node test/bench/latency.ts [--json] [--events N]

  --events N  (default 200), about a minute apart
  --json      one JSON document on standard output`;

const ACCOUNT = 'alpha';
const START = Date.UTC(2026, 2, 2, 8);
/** Between two events everything comes to rest. */
const REST_MS = 30_000;
/** An event with one result, and one with two, which asks Book status too. */
const RESULTS = { 'document.detect.signal_not_found': ['signals'], DOC_VERIFIED: ['forms', 'transactions'] };
/** Events that open environments and get tokens. */
const WARM_UP = 20;
/** Least and most milliseconds of one request, as AWS and Ocrolus answer on a usual day. */
const PORTS: FaultProfile['ports'] = {
  table: { delay: [3, 7] },
  fetch: { delay: [30, 50] },
  queue: { delay: [6, 14] },
  bodies: { delay: [10, 30] },
  secret: { delay: [6, 14] },
};

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    help: { type: 'boolean' },
    events: { type: 'string', default: '200' },
  },
});
if (values.help === true) console.log(USAGE);
else {
  const figures: Record<string, object> = {};
  for (const [event, kinds] of Object.entries(RESULTS))
    figures[event] = await measure(event, kinds, Number(values.events));
  if (values.json === true) console.log(JSON.stringify(figures));
  else console.table(figures);
}

async function measure(event: string, kinds: readonly string[], events: number) {
  const ocrolus = new PlayedOcrolus();
  const profile = { ...QUIET, ports: PORTS };
  const system = createPlayedSystem({ ocrolus, accounts: [ACCOUNT], startAt: START, profile });
  const { table, simulation } = system.core;
  const { scheduler } = simulation;
  const runUntil = (isDone?: () => boolean) => scheduler.run(scheduler.now() + REST_MS, isDone);
  system.start();
  const took: number[] = [];
  for (let n = 1; n <= events + WARM_UP; n += 1) {
    const [bookId, docUuid] = [`book-${n}`, `document-${n}`];
    const show = (status: string, documentStatus: string) =>
      ocrolus.set({
        uuid: bookId,
        pk: String(10_000 + n),
        account: ACCOUNT,
        status,
        documents: [{ uuid: docUuid, pk: String(20_000 + n), status: documentStatus, detect: 'COMPLETED' }],
        answers: {},
      });
    /** Resolves when the webhook has answered 200. */
    const post = async (event_name: string) => {
      let isDone = false;
      const posted = system
        .post(ACCOUNT, { event_name, book_uuid: bookId, uploaded_doc_uuid: docUuid })
        .finally(() => {
          isDone = true;
        });
      await runUntil(() => isDone);
      await posted;
    };
    const items = kinds.map((kind) => `RESULT#${kind}#${docUuid}`);
    const isStored = () => items.every((item) => table.peek({ bookId, item }) !== undefined);
    show('VERIFYING', 'VERIFYING');
    await post('document.upload_succeeded');
    await runUntil();
    // The book itself stays active.
    show('VERIFYING', 'VERIFICATION_COMPLETE');
    await post(event);
    const acceptedAt = scheduler.now();
    await runUntil(isStored);
    if (!isStored()) throw new Error(`no result of ${bookId}`);
    if (n > WARM_UP) took.push(scheduler.now() - acceptedAt);
    await runUntil();
    // The book is asked about no more, so that no later poll disturbs the next event.
    show('DELETED', 'DELETED');
  }
  took.sort((a, b) => a - b);
  const at = (share: number) => Math.round(10 * (took[Math.floor(took.length * share)] ?? Number.NaN)) / 10;
  return { count: took.length, p50: at(0.5), p99: at(0.99), most: at(1 - 1 / took.length) };
}
