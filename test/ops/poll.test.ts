import { expect, it } from 'vitest';
import type { PollReport } from '../../functions/poller/poll.ts';
import { pollCommand } from '../../infra/ops/commands/act/poll.ts';
import { fakeTarget, runOps } from './fake-target.ts';

const poll = async (report: object) => {
  const output = await runOps(pollCommand, fakeTarget({ poll: async () => report }));
  if ('stream' in output) throw new Error('no document');
  return output;
};
const REPORT: PollReport = { discovered: 1, polled: 3, isBehind: false, problems: [] };

it('says what the poller did', async () => {
  const text = '3 books handed over, 1 discovered';
  expect(await poll(REPORT)).toEqual({ document: REPORT, text, isProblem: false });
});

it('says what it left to the next run', async () => {
  const { text, isProblem } = await poll({ ...REPORT, isBehind: true });
  expect(text).toBe('3 books handed over, 1 discovered; the others are left to the next runs');
  expect(isProblem).toBe(false);
});

it('is a problem where an account could not be asked, which is named with the code', async () => {
  const output = await poll({ ...REPORT, problems: [{ account: 'lending', code: 'auth' }] });
  expect(output).toMatchObject({
    isProblem: true,
    text: expect.stringMatching(/\nlending could not be asked: auth /),
  });
});

it('understands the report of another version', async () => {
  const text = '3 books handed over, 0 discovered';
  expect(await poll({ ran: true, polled: 3, sent: 4 })).toMatchObject({ isProblem: false, text });
});
