import { beforeEach, expect, it, test } from 'vitest';
import { pauseCommand, resumeCommand } from '../../infra/ops/commands/act/pause.ts';
import { type Call, fakeTarget, runOps } from './fake-target.ts';

const queue = { url: 'u', dlqUrl: null };
let done: unknown[];
let plans: string[];
beforeEach(() => {
  done = [];
  plans = [];
});
const target = fakeTarget({
  queues: { lifecycle: queue, 'doc-verified': queue },
  setConsuming: async (...how) => void done.push(how),
});

it('a channel is paused and resumed after a question', async () => {
  await runOps(pauseCommand, target, { words: ['lifecycle'], plans });
  expect(await runOps(resumeCommand, target, { words: ['lifecycle'], plans })).toMatchObject({
    document: { channel: 'lifecycle', paused: false },
  });
  expect(done).toEqual([
    ['lifecycle', false],
    ['lifecycle', true],
  ]);
  expect(plans).toEqual(['stop the consumer of lifecycle', 'start the consumer of lifecycle']);
});

it('--all is every channel, after one question', async () => {
  expect(await runOps(pauseCommand, target, { flags: { all: true }, plans })).toMatchObject({
    document: [
      { channel: 'lifecycle', paused: true },
      { channel: 'doc-verified', paused: true },
    ],
    text: 'lifecycle: paused\ndoc-verified: paused',
  });
  expect(done).toEqual([
    ['lifecycle', false],
    ['doc-verified', false],
  ]);
  expect(plans).toEqual(['stop every consumer']);
});

test.each<[Call, string]>([
  [{ words: ['lifecicle'] }, 'there is no channel lifecicle (Did you mean lifecycle?)'],
  [{}, 'name a channel, or use --all'],
  [{ words: ['lifecycle'], flags: { all: true } }, 'name a channel, or use --all'],
])('a wrong call changes nothing: %j', async (call, message) => {
  await expect(runOps(pauseCommand, target, call)).rejects.toThrow(message);
  expect(done).toEqual([]);
});
