import { parseArgs } from 'node:util';
import { catchBySeed, catchByTests, ProjectCopy } from './catch.ts';
import { MUTATIONS } from './list/all.ts';
import type { Mutation } from './mutation.ts';

const USAGE = `npm run mutations -- [options]

  --seeds A,B,C    that are tried one after the other (201,202,203)
  --deliveries N   per seed (600)
  --days D         of the phase in which things go wrong (6)
  --only TEXT      mutations whose file or reason has this in it
  --all            run the seeds also where a test has found the mutation
  --workers N      copies of the project that are worked on at a time (1)

Changes one line of a copy of the project at a time, and prints what finds it. Exit status 1 when nothing finds one.`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '201,202,203' },
    deliveries: { type: 'string', default: '600' },
    days: { type: 'string', default: '6' },
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else await mutateAll();

async function mutateAll(): Promise<void> {
  const waiting = MUTATIONS.filter(({ file, why }) => `${file} ${why}`.includes(values.only));
  const counts = { mutations: waiting.length, byTest: 0, bySeed: 0, notCaught: 0 };
  const work = async () => {
    using copy = new ProjectCopy();
    for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
      const { test, seed } = await tryMutation(copy, mutation);
      if (test !== undefined) counts.byTest += 1;
      if (seed !== undefined) counts.bySeed += 1;
      const found = [test && `test "${test}"`, seed].filter((one) => one !== undefined);
      if (found.length === 0) counts.notCaught += 1;
      console.log(`${mutation.file}: ${mutation.why}: ${found.join('; ') || 'NOT CAUGHT'}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, work));
  console.log(counts);
  if (counts.notCaught > 0) process.exitCode = 1;
}

function tryMutation(copy: ProjectCopy, mutation: Mutation) {
  const world = {
    deliveries: Number(values.deliveries),
    days: Number(values.days),
    isCalm: false,
    switches: undefined,
  };
  return copy.with(mutation, async () => {
    const test = await catchByTests(copy, mutation.file);
    const isTried = test === undefined || values.all;
    const seed = isTried ? await catchBySeed(copy, values.seeds.split(',').map(Number), world) : undefined;
    return { test, seed };
  });
}
