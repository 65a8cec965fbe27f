import { QUIET } from '../simulation/kernel/faults.ts';
import type { Core } from '../simulation/system/core.ts';
import { defaultStage } from '../simulation/system/settings.ts';
import { createPlayedSystem } from '../upgrade/played/played-system.ts';
import { ACCOUNT, bookOf, deliveriesOf, deliveryOf, MINUTE, PORTS, START, uuidOf } from './books.ts';

const DAY = 24 * 60 * MINUTE;

/** `docs/cost.md` describes these books. */
const BOOKS = 20;
const DOCUMENTS = 4;

/** Bytes that CloudWatch Logs counts for each line besides its text (AWS: CloudWatch pricing). */
const LINE_BYTES = 26;

/**
 * Uses the whole system in virtual time and counts what is paid for: the same on every machine. Each book has documents that are
 * verified a minute apart, and is polled afterwards.
 *
 * @param days from the first delivery on.
 * @returns amounts for one delivery.
 */
export async function measurePerDelivery(days: number) {
  const profile = { ...QUIET, ports: PORTS };
  const { core, ocrolus, start, post: deliver } = createPlayedSystem(START, defaultStage([ACCOUNT]), profile);
  const { scheduler } = core.simulation;
  const { requests, units } = meter(core);
  const logs = { lines: 0, bytes: 0 };
  core.listeners.line = (actor, text) => {
    if (actor === 'poller') return;
    logs.lines += 1;
    logs.bytes += Buffer.byteLength(text) + LINE_BYTES;
  };
  let events = 0;
  core.listeners.published = () => {
    events += 1;
  };
  const consumers = { invocations: 0, milliseconds: 0, receivedAt: new Map<string, number>() };
  core.listeners.received = ([first]) => {
    consumers.receivedAt.set(first?.receiptHandle ?? '', scheduler.now());
  };
  core.listeners.processed = ({ records: [first] }) => {
    consumers.invocations += 1;
    consumers.milliseconds += scheduler.now() - (consumers.receivedAt.get(first?.receiptHandle ?? '') ?? 0);
  };
  let deliveries = 0;
  let webhookMilliseconds = 0;
  start();
  const post = async (body: object) => {
    const startedAt = scheduler.now();
    await deliver(ACCOUNT, body);
    deliveries += 1;
    webhookMilliseconds += scheduler.now() - startedAt;
  };
  for (let n = 1; n <= BOOKS; n += 1) {
    const startAt = START + n * MINUTE;
    for (let verified = 0; verified <= DOCUMENTS; verified += 1)
      scheduler.at(startAt + verified * MINUTE, () => ocrolus.set(bookOf(n, DOCUMENTS, verified)));
    for (const { event, document, at } of deliveriesOf(DOCUMENTS))
      scheduler.at(startAt + at, () => void post(deliveryOf(event, n, document)));
  }
  await scheduler.run(START + days * DAY);
  const partitions = Array.from({ length: BOOKS }, (_, n) => [
    ...core.table.peekPartition(uuidOf(n + 1), ''),
  ]);
  const stored = partitions.flat().reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
  const per = (amount: number) => Math.round((100 * amount) / deliveries) / 100;
  const of = (port: string) => requests[port] ?? 0;
  return {
    documents: per(BOOKS * DOCUMENTS),
    calls: per(of('fetch')),
    writeUnits: per(units.written),
    readUnits: per(units.read),
    storedKilobytes: per(stored / 1000),
    events: per(events),
    messages: per(of('queue.send') + of('queue.sendBatch')),
    invocations: per(consumers.invocations),
    consumerSeconds: per(consumers.milliseconds / 1000),
    webhookSeconds: per(webhookMilliseconds / 1000),
    visibilityChanges: per(of('queue.changeVisibility')),
    objects: per(of('bodies.put')),
    logLines: per(logs.lines),
    logKilobytes: per(logs.bytes / 1000),
  };
}

/**
 * Counts requests by port, and units of the table, of all functions but the poller, whose runs are paid for whether there are
 * books or not. The effect of a request follows its entry in the history at once.
 */
function meter({ simulation, table }: Core) {
  const requests: Record<string, number> = {};
  const units = { written: 0, read: 0 };
  const pollers = new Set<number>();
  const start = simulation.startActor.bind(simulation);
  simulation.startActor = (name) => {
    const actor = start(name);
    if (name === 'poller') pollers.add(actor.id);
    return actor;
  };
  let last = { actor: 0, ...table.usage };
  simulation.history.listen(({ actor, port }) => {
    const { writeUnits, readUnits } = table.usage;
    if (!pollers.has(last.actor)) {
      units.written += writeUnits - last.writeUnits;
      units.read += readUnits - last.readUnits;
    }
    last = { actor, ...table.usage };
    if (!pollers.has(actor)) requests[port] = (requests[port] ?? 0) + 1;
  });
  return { requests, units };
}
