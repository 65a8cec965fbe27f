import type { startSimulator } from '../../test/simulator/index.ts';

export type Simulator = Awaited<ReturnType<typeof startSimulator>>;
export type SimulatorOptions = NonNullable<Parameters<typeof startSimulator>[0]>;

/** The simulator lives under `test/`: it is loaded only by the commands that play Ocrolus, and only then. */
export async function launchSimulator(options: SimulatorOptions): Promise<Simulator> {
  const simulator = await import('../../test/simulator/index.ts');
  return simulator.startSimulator(options);
}
