import { type Options, type Outcome, run } from './history/run.ts';
import { FAULTS, generate, SCENARIOS } from './scenarios.ts';

/** mulberry32: numbers from 0 to 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Runs one history: `SCENARIO/FAULTS/SEED`; SCENARIO may be `generated`. */
export function runHistory(history: string, trace?: Options['trace']): Outcome {
  const [name = '', kind = '', number] = history.split('/');
  const seed = Number(number);
  const scenario =
    name === 'generated' ? generate(randomOf(seed * 131 + 5)) : SCENARIOS.find((one) => one.name === name);
  const faults = FAULTS[kind];
  if (scenario === undefined || faults === undefined) throw new Error(`no history ${history}`);
  return run({
    scenario,
    faults,
    random: randomOf(seed * 7919 + name.length * 31 + kind.length),
    ...(trace && { trace }),
  });
}

/** Names of histories, seed by seed. */
export function historiesOf(names: readonly string[], kinds: readonly string[], seeds: number): string[] {
  const numbers = Array.from({ length: seeds }, (_, index) => index + 1);
  return numbers.flatMap((seed) =>
    names.flatMap((name) => kinds.map((faults) => `${name}/${faults}/${seed}`)),
  );
}
