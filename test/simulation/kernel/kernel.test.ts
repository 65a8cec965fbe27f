import { expect, it } from 'vitest';
import { IS_ABSENT } from '../../../shared/store/condition.ts';
import { type FaultProfile, QUIET } from './faults.ts';
import { installGuard } from './guard.ts';
import { MemoryQueues, openMemoryQueue } from './queue/memory-queue.ts';
import { MemoryTable, openMemoryTable } from './table/memory-table.ts';
import { START, startSimulation } from './testing/simulation.ts';

const WORK = 'https://sqs/work';
const MESSAGES = 200;

const FAULTY: FaultProfile = {
  ports: {
    '*': { failBefore: 0.05, failAfter: 0.05, dieBefore: 0.01, dieAfter: 0.01, lateAnswer: 0.1, slow: 0.02 },
    'table.update': { repeat: 0.1 },
  },
  index: { lag: [0, 1000], slow: 0.1, slowLag: [1000, 60_000] },
  queue: {
    receivedTwice: 0.05,
    undeleted: 0.02,
    reappearsAfter: [0, 60_000],
    partialBatch: 0.2,
    disorder: 5,
  },
  pageItems: 3,
  lateExisting: 0.5,
};

/** Producers fill a queue; consumers write down each message once and count it, while everything fails. */
async function simulate(seed: number) {
  const simulation = startSimulation(seed, FAULTY);
  const { scheduler, faults, actors, history } = simulation;
  const core = openMemoryTable(simulation);
  const queues = new MemoryQueues(simulation);
  const work = queues.create(WORK, { visibilitySeconds: 60 });
  let written = 0;
  core.onChange(({ key, before }) => {
    if (key.item.startsWith('EVENT#') && before === undefined) written += 1;
  });

  const consume = async () => {
    for (;;) {
      await work.waitForMessages();
      for (const { body, receiptHandle } of queues.receive(WORK, 10)) {
        const actor = actors.start('consumer');
        const table = new MemoryTable(core, actor);
        const key = { bookId: 'book-1', item: `EVENT#${body}` };
        const handle = async () => {
          await table.put({ ...key, dueShard: '0', dueAt: body }, IS_ABSENT);
          await table.update({ bookId: 'book-1', item: 'BOOK' }, { set: { last: body } });
          queues.deleteMessages(WORK, [receiptHandle]);
        };
        // A failure leaves the message in the queue.
        handle().catch(() => {});
      }
    }
  };
  void consume();
  const producer = openMemoryQueue(queues, actors.start('producer'));
  const produce = async () => {
    for (let i = 0; i < MESSAGES; i++) {
      while (await producer.send(WORK, { body: String(i), group: 'g' }).catch(() => 'failed'))
        await scheduler.sleep(1);
    }
  };
  faults.use({ ...FAULTY, ports: { ...FAULTY.ports, queue: { failAfter: 0.1, dieBefore: 0, dieAfter: 0 } } });
  await Promise.all([produce(), scheduler.run(START + 600_000)]);
  faults.use(QUIET);
  await scheduler.run(START + 3_600_000);
  return {
    hash: history.historyHash(),
    written,
    left: work.size,
    usage: { ...core.usage },
    actors: actors.count,
  };
}

it('runs the same seed to the same end, under faults, with no way to reach the real network or clock', async () => {
  const guard = installGuard();
  try {
    const first = await simulate(1);
    expect(first).toMatchObject({ written: MESSAGES, left: 0 });
    expect(await simulate(1)).toEqual(first);
    expect((await simulate(2)).hash).not.toBe(first.hash);
    expect(guard.violations).toEqual([]);
  } finally {
    guard.uninstall();
  }
});
