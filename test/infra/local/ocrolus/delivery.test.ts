import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatorOptions } from '../../../../infra/local/ocrolus/options.ts';
import { seeded } from '../../../../infra/local/ocrolus/random.ts';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { deliver } from './testing/client.ts';
import { startReceiver } from './testing/receiver.ts';

let simulator: Simulator;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

async function start(statuses: number[] = [200], options: Partial<SimulatorOptions> = {}) {
  receiver = await startReceiver(...statuses);
  simulator = await startSimulator({ retryDelayMs: 1, random: seeded(7), ...options });
  simulator.setWebhook({ url: receiver.url });
}

const header = (index: number, name: string) => String(receiver.received[index]?.headers[name]);

describe('delivery', () => {
  it('keeps the digits of a pk beyond 2^53', async () => {
    await start();
    const { uuid } = simulator.addBook({ pk: '9007199254740993', documents: [{}] });
    await simulator.change({ do: 'verify-book', book: uuid });
    expect(receiver.received.at(-1)?.body).toContain('"book_pk":9007199254740993,');
  });

  it('is unsigned without a secret, and sends the credentials of the URL as Basic', async () => {
    await start();
    simulator.setWebhook({ url: receiver.url.replace('//', '//ocrolus:p%40ss@') });
    await deliver(simulator, 'BOOK_VERIFIED', {});
    expect(receiver.received[0]?.headers['webhook-signature']).toBeUndefined();
    expect(header(0, 'authorization')).toBe(`Basic ${Buffer.from('ocrolus:p@ss').toString('base64')}`);
  });

  it('counts nothing but 200 as success and tries three times more, the retry delay apart', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number) => slept.push(ms);
    await start([204, 302, 500, 200], { retryDelayMs: 180_000, sleep });
    const delivery = await deliver(simulator, 'DOC_VERIFIED', {});
    expect(delivery.attempts.map(({ status }) => status)).toEqual([204, 302, 500, 200]);
    expect(delivery.outcome).toBe('delivered');
    expect(slept).toEqual([180_000, 180_000, 180_000]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-request-id'])).size).toBe(1);
  });

  it('is given up after the fourth failure, and can have a new id each time', async () => {
    await start([503], { retryRequestId: 'new' });
    const delivery = await deliver(simulator, 'DOC_VERIFIED', {});
    expect(delivery).toMatchObject({ outcome: 'given-up' });
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-request-id'])).size).toBe(4);
  });

  it('notes an endpoint that does not answer, and one that does not exist', async () => {
    await start();
    simulator.setWebhook({ url: 'http://127.0.0.1:1/' });
    expect(await deliver(simulator, 'X', {})).toMatchObject({
      outcome: 'given-up',
      attempts: Array(4).fill({ status: null }),
    });
    simulator.setWebhook({});
    expect(await deliver(simulator, 'X', {})).toMatchObject({ outcome: 'unsubscribed', attempts: [] });
  });

  it('is abandoned when the simulator closes', async () => {
    await start([500], { retryDelayMs: 600_000 });
    const delivery = deliver(simulator, 'DOC_VERIFIED', {});
    await expect.poll(() => receiver.received.length).toBe(1);
    await simulator.close();
    expect((await delivery).outcome).toBe('abandoned');
  });
});

describe('delivery faults', () => {
  it('drop, duplicate and reorder by a decision for each event', async () => {
    await start();
    simulator.deliveries.faults = (eventName) => {
      if (eventName === 'lost') return { drop: true };
      if (eventName === 'twice') return { duplicates: 1 };
      return eventName === 'late' ? { overtakenWithinMs: 5_000 } : {};
    };
    const late = deliver(simulator, 'late', '"late"');
    expect(await deliver(simulator, 'lost', '"lost"')).toMatchObject({ outcome: 'dropped', attempts: [] });
    await deliver(simulator, 'twice', '"twice"');
    await late;
    await simulator.deliveries.idle();
    const bodies = receiver.received.map(({ body }) => body);
    expect(bodies.toSorted()).toEqual(['"late"', '"twice"', '"twice"']);
    expect(bodies[0]).toBe('"twice"');
    expect(simulator.deliveries.all).toHaveLength(4);
  });

  it('follow the seed: the same chances fall the same way', async () => {
    const outcomes = async () => {
      await start([200], { now: () => 1_000_000 });
      simulator.deliveries.faults = { drop: 0.3, duplicate: 0.3 };
      for (let index = 0; index < 20; index += 1) await deliver(simulator, `event-${index}`, {});
      await simulator.deliveries.idle();
      return simulator.deliveries.all.map(({ deliveryId, eventName, outcome }) => [
        deliveryId,
        eventName,
        outcome,
      ]);
    };
    const first = await outcomes();
    await simulator.close();
    await receiver.close();
    expect(await outcomes()).toEqual(first);
    expect(first.some(([, , outcome]) => outcome === 'dropped')).toBe(true);
    expect(first.length).toBeGreaterThan(20);
  });
});
