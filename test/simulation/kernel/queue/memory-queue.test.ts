import { expect, it } from 'vitest';
import { type FaultProfile, QUIET } from '../faults.ts';
import { settled, startSimulation } from '../testing/simulation.ts';
import { MemoryQueues, openMemoryQueue } from './memory-queue.ts';

const WORK = 'https://sqs/work';
const DEAD = 'https://sqs/dead';

function open(queueFaults: Partial<FaultProfile['queue']> = {}, profile: Partial<FaultProfile> = {}) {
  const simulation = startSimulation(1, { ...QUIET, ...profile, queue: { ...QUIET.queue, ...queueFaults } });
  const queues = new MemoryQueues(simulation);
  queues.create(DEAD, { visibilitySeconds: 30 });
  queues.create(WORK, { visibilitySeconds: 30, deadLetter: { queueUrl: DEAD, maxReceiveCount: 20 } });
  const queue = openMemoryQueue(queues, simulation.startActor('test'));
  const send = (body: string) => settled(simulation, queue.send(WORK, { body, group: 'g' }));
  const pass = (seconds: number) => simulation.scheduler.run(simulation.scheduler.now() + seconds * 1000);
  const receiveOne = () => {
    const [record, ...others] = queues.receive(WORK, 10);
    expect(others).toEqual([]);
    return record;
  };
  return { simulation, queues, queue, send, pass, receiveOne };
}

it('moves a message to the dead-letter queue after twenty receives', async () => {
  const { queues, send, pass, receiveOne } = open();
  await send('body');
  for (let i = 1; i <= 20; i++) {
    expect(receiveOne()?.attributes.ApproximateReceiveCount).toBe(String(i));
    await pass(30);
  }
  expect(receiveOne()).toBeUndefined();
  const dead = [...queues.of(DEAD).messages()];
  expect(dead).toMatchObject([{ body: 'body', group: 'g' }]);
  expect(queues.of(WORK).size).toBe(0);
  expect(queues.of(DEAD).moveAllTo(queues.of(WORK))).toBe(1);
  const received = receiveOne();
  expect(received?.attributes.ApproximateReceiveCount).toBe('1');
  expect(received?.messageId).not.toBe(dead[0]?.id);
});

it('changes the visibility of messages in flight only', async () => {
  const { simulation, queue, send, pass, receiveOne } = open();
  await send('body');
  const receipt = receiveOne()?.receiptHandle ?? '';
  void queue.changeVisibility(WORK, receipt, 3600);
  await pass(3000);
  expect(receiveOne()).toBeUndefined();
  await pass(700);
  const late = queue.changeVisibility(WORK, receipt, 10);
  await expect(settled(simulation, late)).rejects.toMatchObject({ name: 'MessageNotInflight' });
  expect(receiveOne()).toBeDefined();
  await expect(settled(simulation, queue.changeVisibility(WORK, receipt, 10))).rejects.toThrow();
});

it('delivers twice when the profile says so: while it is processed, and after it was deleted', async () => {
  const twice = open({ receivedTwice: 1, reappearsAfter: [1000, 1000] });
  await twice.send('body');
  expect(twice.receiveOne()).toBeDefined();
  await twice.pass(1);
  expect(twice.receiveOne()).toBeDefined();

  const undeleted = open({ undeleted: 1, reappearsAfter: [1000, 1000] });
  await undeleted.send('body');
  undeleted.queues.deleteMessages(WORK, [undeleted.receiveOne()?.receiptHandle ?? '']);
  await undeleted.pass(1);
  expect(undeleted.receiveOne()).toBeDefined();
});

it('accepts a batch in part when the profile says so', async () => {
  const { simulation, queues, queue } = open({ partialBatch: 1 });
  const messages = Array.from({ length: 10 }, (_, index) => ({ body: String(index), group: 'g' }));
  await expect(settled(simulation, queue.sendBatch(WORK, messages))).rejects.toMatchObject({
    code: 'sqs-batch',
  });
  expect(queues.of(WORK).depth).toBeGreaterThan(0);
  expect(queues.of(WORK).depth).toBeLessThan(10);
});
