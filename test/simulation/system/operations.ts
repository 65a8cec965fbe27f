import { backfill } from '../../../functions/poller/backfill.ts';
import { readAccount } from '../../../infra/ops/backfill-account.ts';
import { rebuildEnvelope } from '../../../infra/ops/ledger/rebuild.ts';
import { CHANNELS } from '../../../shared/events/channels.ts';
import { messageGroupId, serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import type { Random } from '../kernel/random.ts';
import { DAY, HOUR, MINUTE } from '../ocrolus/random.ts';
import type { Switch } from '../world/switches.ts';
import type { Core } from './core.ts';
import { Environment } from './environment.ts';
import { openPollerFunction } from './poller.ts';
import { queueUrl } from './settings.ts';

export interface OperationsOptions {
  readonly switches: ReadonlySet<Switch>;
  /** Unix milliseconds. */
  readonly startAt: number;
  readonly quietAt: number;
  readonly random: Random;
}

/** A command of the operator that lasts longer hangs. */
const TIMEOUT_MS = 15 * MINUTE;

/** Schedules what an operator does on some days: replays, backfills and pauses. */
export function scheduleOperations(core: Core, options: OperationsOptions): void {
  const { switches, startAt, quietAt, random } = options;
  const { scheduler } = core.simulation;
  const times = (name: Switch) =>
    switches.has(name)
      ? Array.from({ length: random.int(1, 4) }, () => random.int(startAt + DAY / 4, quietAt))
      : [];
  for (const at of times('replay')) scheduler.at(at, () => void replay(core, random.int(HOUR, 3 * DAY)));
  for (const at of times('backfill')) scheduler.at(at, () => void fill(core, random));
  for (const at of times('pause')) pause(core, random, at);
}

/** `ops pause`, and some hours later `ops resume`. */
function pause({ simulation, pauses, disturbances }: Core, random: Random, at: number): void {
  const channel = random.pick(CHANNELS);
  const until = at + random.int(HOUR / 2, 2 * DAY);
  simulation.scheduler.at(at, () => pauses.pause(channel, until));
  disturbances.add({ name: `pause of ${channel}`, from: at, until: until + HOUR });
}

type Entry = Parameters<typeof rebuildEnvelope>[0];

/** `ops replay --from`: deliveries that were received within the last so many milliseconds are sent again. */
async function replay(core: Core, windowMs: number): Promise<void> {
  const { scheduler } = core.simulation;
  const from = `EVENT#${new Date(scheduler.now() - windowMs).toISOString()}`;
  const keys = [...core.table.bookIds()].flatMap((bookId) =>
    [...core.table.peekPartition(bookId, 'EVENT#')]
      .filter(({ item, source }) => String(item) >= from && source === 'webhook')
      .map(({ item }) => ({ bookId, item: String(item) })),
  );
  const environment = new Environment(core, 'operator');
  const { table, bodies, queue } = environment.ports;
  await environment.invoke(TIMEOUT_MS, 0, async () => {
    for (const key of keys) {
      // Unlike the command, it goes on where one fails.
      await attempt(async () => {
        const item = await table.get(key);
        const envelope = item && (await rebuildEnvelope(item as unknown as Entry, bodies));
        if (envelope === undefined) return;
        const message = { body: serialiseEnvelope(envelope), group: messageGroupId(envelope) };
        await queue.send(queueUrl(envelope.channel), message);
      });
    }
  });
}

/** `ops backfill` of an account, from the beginning, until it succeeds once. */
async function fill(core: Core, random: Random): Promise<void> {
  const { scheduler } = core.simulation;
  const account = random.pick(core.deployments.current.stage.accounts);
  for (let tries = 0; tries < 100; tries += 1) {
    const startedAt = scheduler.now();
    const { environment, dependencies } = openPollerFunction(core);
    const invoke = (_name: string, event: object) =>
      backfill(dependencies, event as Parameters<typeof backfill>[1], TIMEOUT_MS);
    const range = { fromTime: new Date(0).toISOString() };
    const dueFrom = new Date(startedAt).toISOString();
    const signal = new AbortController().signal;
    const done = await environment.invoke(TIMEOUT_MS, 0, () =>
      attempt(() =>
        readAccount({ invoke }, { account, range, dueFrom, write: true, signal, onSeen: () => {} }),
      ),
    );
    if (done === true) {
      core.listeners.backfilled(account, startedAt);
      return;
    }
    await scheduler.sleep(10 * MINUTE);
  }
}

/** @returns whether it succeeded. */
async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}
