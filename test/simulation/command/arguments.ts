import { parseArgs } from 'node:util';
import { FAULTS, SETTINGS, SWITCHES, type Switch } from '../world/switches.ts';

export type SimulateArguments = NonNullable<ReturnType<typeof readArguments>>;

export const USAGE = `npm run simulate -- [options]

  --seed S         one seed, 1 unless it says otherwise
  --seeds A..B     several, each in a process of its own; also A,B,C
  --workers N      how many at a time (1)
  --deliveries N   about how many webhooks Ocrolus announces, per seed (2000)
  --days D         of the phase in which things go wrong (30); 24 quiet ones follow
  --calm           nothing goes wrong
  --with A,B       what is on in the world, and nothing else ('none'); without it, each seed chooses:
                   ${SETTINGS.join(' ')}
                   ${FAULTS.join(' ')}
  --story UUID     everything that happens to one book
  --trace          everything that happens, on standard error
  --json           one JSON document
  --help

The same seed gives the same history. Exit status 1 when an invariant is violated.`;

/** @returns `undefined` where only help is wanted. @throws Error with what is wrong. */
export function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string' },
      workers: { type: 'string', default: '1' },
      deliveries: { type: 'string', default: '2000' },
      days: { type: 'string', default: '30' },
      calm: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      with: { type: 'string' },
      story: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    seeds: readSeeds(values.seeds ?? values.seed),
    workers: readNumber('workers', values.workers),
    json: values.json,
    trace: values.trace,
    /** A book of which the story is wanted. */
    story: values.story,
    world: {
      deliveries: readNumber('deliveries', values.deliveries),
      days: readNumber('days', values.days),
      isCalm: values.calm,
      /** What is on; `undefined`: what the seed chooses. */
      switches: values.with === undefined ? undefined : readSwitches(values.with),
    },
  };
}

/** The arguments that repeat a run. */
export function argumentsFor(seed: number, world: SimulateArguments['world']): string[] {
  const { deliveries, days, isCalm, switches } = world;
  const words = ['--seed', seed, '--deliveries', deliveries, '--days', days].map(String);
  if (isCalm) words.push('--calm');
  if (switches !== undefined) words.push('--with', switches.join(',') || 'none');
  return words;
}

function readSwitches(text: string): Switch[] {
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const found = SWITCHES.find((one) => one === name);
    if (found === undefined) throw new Error(`--with ${name}: one of ${SWITCHES.join(' ')} is expected`);
    return found;
  });
}

function readSeeds(text: string): number[] {
  const [first, last] = text.split('..');
  if (last === undefined) return text.split(',').map((one) => readNumber('seed', one));
  const [from, to] = [readNumber('seeds', first ?? ''), readNumber('seeds', last)];
  if (to < from) throw new Error(`--seeds ${text}: the last one is before the first`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function readNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new Error(`--${name} ${text}: a whole number from 1 is expected`);
  return Number(text);
}
