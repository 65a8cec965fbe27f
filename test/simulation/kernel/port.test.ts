import { expect, it } from 'vitest';
import { type PortFaults, QUIET } from './faults.ts';
import { port } from './port.ts';
import { START, settled, startSimulation } from './testing/simulation.ts';

/** One call whose effect counts, under one fault. */
async function callOnce(faults: Partial<PortFaults>) {
  const simulation = startSimulation(1, { ...QUIET, ports: { table: faults } });
  const actor = simulation.startActor('consumer');
  let effects = 0;
  let outcome = 'pending';
  port(actor, { name: 'table.put', key: 'key' }, () => ++effects).then(
    (answer) => (outcome = `answer ${answer}`),
    (error: Error) => (outcome = error.name),
  );
  await simulation.scheduler.run(Number.POSITIVE_INFINITY);
  return { effects, outcome, isAlive: actor.isAlive };
}

it('applies an effect once without faults', async () => {
  expect(await callOnce({})).toEqual({ effects: 1, outcome: 'answer 1', isAlive: true });
});

it('fails before the effect without it, and after the effect with it', async () => {
  expect(await callOnce({ failBefore: 1 })).toMatchObject({
    effects: 0,
    outcome: expect.stringMatching(/Timeout|Failure/),
  });
  expect(await callOnce({ failAfter: 1 })).toMatchObject({ effects: 1, outcome: 'TimeoutError' });
});

it('answers with the second effect when the SDK repeats its own write', async () => {
  expect(await callOnce({ repeat: 1 })).toEqual({ effects: 2, outcome: 'answer 2', isAlive: true });
});

it('never answers an actor that is killed before or after the effect', async () => {
  expect(await callOnce({ dieBefore: 1 })).toEqual({ effects: 0, outcome: 'pending', isAlive: false });
  expect(await callOnce({ dieAfter: 1 })).toEqual({ effects: 1, outcome: 'pending', isAlive: false });
});

it('answers late when the profile says so', async () => {
  expect(await callOnce({ lateAnswer: 1 })).toEqual({ effects: 1, outcome: 'answer 1', isAlive: true });
});

it('carries out nothing for a killed actor, neither requests in flight nor later ones', async () => {
  const simulation = startSimulation(1);
  const actor = simulation.startActor('consumer');
  const seen: string[] = [];
  const run = async () => {
    await port(actor, { name: 'table.put', key: 'first' }, () => seen.push('first effect'));
    seen.push('first answer');
    try {
      await Promise.all([
        port(actor, { name: 'table.put', key: 'second' }, () => seen.push('second effect')),
        actor.sleep(1),
      ]);
    } finally {
      seen.push('finally');
    }
  };
  void run();
  simulation.scheduler.after(
    20,
    () => void port(actor, { name: 'table.put', key: 'late' }, () => seen.push('late effect')),
  );
  await simulation.scheduler.run(Number.POSITIVE_INFINITY, () => seen.includes('first answer'));
  let deaths = 0;
  actor.onDeath(() => (deaths += 1));
  actor.kill('test');
  actor.kill('test');
  await simulation.scheduler.run(Number.POSITIVE_INFINITY);
  expect(seen).toEqual(['first effect', 'first answer']);
  expect(deaths).toBe(1);
});

it('can carry out a request that was in flight when its actor was killed', async () => {
  const simulation = startSimulation(1, { ...QUIET, ports: { '*': { onTheWire: 1 } } });
  const actor = simulation.startActor('consumer');
  const seen: string[] = [];
  void port(actor, { name: 'table.put', key: 'key' }, () => seen.push('effect')).then(() =>
    seen.push('answer'),
  );
  actor.kill('test');
  await simulation.scheduler.run(Number.POSITIVE_INFINITY);
  expect(seen).toEqual(['effect']);
});

it('rejects with the reason of an aborted signal, in virtual time', async () => {
  const simulation = startSimulation(1, { ...QUIET, ports: { fetch: { delay: [5000, 5000] } } });
  const actor = simulation.startActor('consumer');
  const signal = actor.timeout(1000);
  const call = port(actor, { name: 'fetch', key: 'url', signal }, () => 'answer').catch((error: Error) => [
    error.name,
    simulation.scheduler.now() - START,
  ]);
  expect(await settled(simulation, call)).toEqual(['TimeoutError', 1000]);
});

it('has no faults once the profile is quiet', async () => {
  const simulation = startSimulation(1, { ...QUIET, ports: { '*': { failBefore: 1 } } });
  const actor = simulation.startActor('consumer');
  simulation.faults.use(QUIET);
  expect(
    await settled(
      simulation,
      port(actor, { name: 'table.get', key: 'key' }, () => 'answer'),
    ),
  ).toBe('answer');
});

/** Several actors that write, sleep and fail. */
async function historyOf(seed: number): Promise<string> {
  const faults = { failBefore: 0.1, failAfter: 0.1, repeat: 0.1, dieAfter: 0.01, lateAnswer: 0.1, slow: 0.1 };
  const simulation = startSimulation(seed, { ...QUIET, ports: { '*': faults } });
  for (let i = 0; i < 20; i++) {
    const actor = simulation.startActor(`actor-${i}`);
    const run = async () => {
      for (let call = 0; call < 20; call++) {
        await port(actor, { name: 'table.put', key: `key-${call}` }, () => call).catch(() => {});
        await actor.sleep(actor.random.int(0, 3));
      }
    };
    void run();
  }
  await simulation.scheduler.run(Number.POSITIVE_INFINITY);
  return simulation.history.historyHash();
}

it('has the same history for the same seed, and another history for another seed', async () => {
  const hashes = await Promise.all([1, 2, 3].map(historyOf));
  expect(new Set(hashes).size).toBe(3);
  expect(await Promise.all([1, 2, 3].map(historyOf))).toEqual(hashes);
});
