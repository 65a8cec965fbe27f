import { describe, expect, it, test } from 'vitest';
import type { PollReport } from '../../../../functions/poller/poll.ts';
import { fakeTarget, ops } from '../fake-target.ts';

describe('poll', () => {
  const REPORT: PollReport = { discovered: 1, polled: 3, isBehind: false, problems: [] };
  const done = '3 books handed over, 1 discovered';

  it.each([
    ['says what the poller did', REPORT, done],
    ['says what it left', { ...REPORT, isBehind: true }, `${done}; the others are left to the next runs`],
    ['understands another version', { ran: true, polled: 3, sent: 4 }, '3 books handed over, 0 discovered'],
  ])('%s', async (_, report, text) => {
    const output = await ops(fakeTarget({ poll: async () => report }), 'poll');
    expect(output).toEqual({ document: report, text, isProblem: false, plans: [] });
  });

  it('is a problem where an account could not be asked, which is named with the code', async () => {
    const poll = async () => ({ ...REPORT, problems: [{ account: 'lending', code: 'auth' }] });
    expect(await ops(fakeTarget({ poll }), 'poll')).toMatchObject({
      isProblem: true,
      text: expect.stringMatching(/\nlending could not be asked: auth /),
    });
  });
});

describe('pause and resume', () => {
  const queue = { url: 'u', dlqUrl: null };
  const stackWith = (done: unknown[]) =>
    fakeTarget({
      queues: { lifecycle: queue, 'doc-verified': queue },
      setConsuming: async (...how) => void done.push(how),
    });

  it.each([
    ['pause', false, 'stop the consumer of lifecycle'],
    ['resume', true, 'start the consumer of lifecycle'],
  ])('%s one channel, after a question', async (command, isOn, plan) => {
    const done: unknown[] = [];
    expect(await ops(stackWith(done), `${command} lifecycle`)).toMatchObject({
      document: { channel: 'lifecycle', paused: !isOn },
      plans: [plan],
    });
    expect(done).toEqual([['lifecycle', isOn]]);
  });

  it('--all is every channel, after one question', async () => {
    const done: unknown[] = [];
    expect(await ops(stackWith(done), 'pause --all')).toMatchObject({
      document: [
        { channel: 'lifecycle', paused: true },
        { channel: 'doc-verified', paused: true },
      ],
      text: 'lifecycle: paused\ndoc-verified: paused',
      plans: ['stop every consumer'],
    });
    expect(done).toEqual([
      ['lifecycle', false],
      ['doc-verified', false],
    ]);
  });

  test.each([
    ['lifecicle', 'there is no channel lifecicle (Did you mean lifecycle?)'],
    ['', 'name a channel, or use --all'],
    ['lifecycle --all', 'name a channel, or use --all'],
  ])('a wrong call changes nothing: %j', async (words, message) => {
    const done: unknown[] = [];
    await expect(ops(stackWith(done), `pause ${words}`)).rejects.toThrow(message);
    expect(done).toEqual([]);
  });
});
