import { Simulation } from '../actors.ts';
import { type FaultProfile, QUIET } from '../faults.ts';

export const START = Date.UTC(2026, 0, 1);

export function startSimulation(seed: string | number, profile: FaultProfile = QUIET): Simulation {
  return new Simulation(seed, START, profile);
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
