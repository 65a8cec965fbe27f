import { expect, it } from 'vitest';
import { pollCommand } from '../../infra/ops/commands/poll.ts';
import { fakeTarget, runOps } from './fake-target.ts';

const poll = async (report: object) => {
  const output = await runOps(pollCommand, fakeTarget({ poll: async () => report }));
  if ('stream' in output) throw new Error('no document');
  return output;
};

it('says what the poller did', async () => {
  const report = { ran: true, discovered: 1, polled: 3, sent: 4, refused: 0, failed: 0, problems: [] };
  const text = '3 books polled, 1 discovered, 4 messages sent';
  expect(await poll(report)).toEqual({ document: report, text, isProblem: false });
});

it('says what it did not do', async () => {
  const { text } = await poll({ ran: true, polled: 3, refused: 1, failed: 2 });
  expect(text).toBe(
    '3 books polled, 0 discovered, 0 messages sent; Ocrolus refused to show 1; 2 are left to the next run',
  );
});

it('is a problem where an account could not be asked, which is named with the code', async () => {
  const output = await poll({ ran: true, problems: [{ account: 'lending', code: 'auth' }] });
  expect(output).toMatchObject({
    isProblem: true,
    text: expect.stringMatching(/\nlending could not be asked: auth /),
  });
});

it('understands the report of a stage that names no problems yet', async () => {
  expect(await poll({ ran: true })).toMatchObject({ isProblem: false });
});

it('that did not run says why', async () => {
  expect(await poll({ ran: false })).toMatchObject({
    isProblem: false,
    text: expect.stringContaining('nothing was done: another run is in progress'),
  });
});
