import { Actors, type Simulation } from '../actors.ts';
import { type FaultProfile, Faults, QUIET } from '../faults.ts';
import { History } from '../history.ts';
import { Random } from '../random.ts';
import { Scheduler } from '../schedule/scheduler.ts';

export const START = Date.UTC(2026, 0, 1);

interface TestSimulation extends Simulation {
  readonly actors: Actors;
}

export function startSimulation(seed: string | number, profile: FaultProfile = QUIET): TestSimulation {
  const random = new Random(seed);
  const simulation: Simulation = {
    random,
    scheduler: new Scheduler(random.fork('scheduler'), START),
    faults: new Faults(profile),
    history: new History(),
  };
  return { ...simulation, actors: new Actors(simulation) };
}

/** Runs until nothing is left to happen, then gives the result. */
export async function settled<Result>(simulation: Simulation, started: Promise<Result>): Promise<Result> {
  // Marks a rejection as handled; the caller gets it below.
  started.catch(() => {});
  await simulation.scheduler.run(Number.POSITIVE_INFINITY);
  return await started;
}

/** All that a generator yields. */
export async function allOf<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
