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

it.each<[name: string, faults: Partial<PortFaults>, effects: number, outcome: string]>([
  ['once without faults', {}, 1, 'answer 1'],
  ['once, and answers late', { lateAnswer: 1 }, 1, 'answer 1'],
  ['never where it fails before', { failBefore: 1 }, 0, 'TimeoutError'],
  ['once where it fails after', { failAfter: 1 }, 1, 'TimeoutError'],
  ['twice where the SDK repeats its own write', { repeat: 1 }, 2, 'answer 2'],
  ['never for an actor that is killed before, which gets no answer', { dieBefore: 1 }, 0, 'pending'],
  ['once for an actor that is killed after, which gets no answer', { dieAfter: 1 }, 1, 'pending'],
])('applies an effect %s', async (_name, faults, effects, outcome) => {
  const isAlive = outcome !== 'pending';
  expect(await callOnce(faults)).toEqual({ effects, outcome, isAlive });
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
