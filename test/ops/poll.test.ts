import { expect, it } from 'vitest';
import { pollCommand } from '../../infra/ops/commands/poll.ts';
import { fakeTarget, runOps } from './fake-target.ts';

const poll = (report: object) => runOps(pollCommand, fakeTarget({ poll: async () => report }));

it('shows the report of the poller', async () => {
  const report = { ran: true, polled: 3, problems: [] };
  expect(await poll(report)).toEqual({ document: report, text: JSON.stringify(report), isProblem: false });
});

it('is a problem where an account could not be asked, which is named with the code', async () => {
  const output = await poll({ ran: true, problems: [{ account: 'lending', code: 'auth' }] });
  expect(output).toMatchObject({
    isProblem: true,
    text: expect.stringMatching(/\nlending could not be asked: auth /),
  });
});

it('understands the report of a stage that names no problems yet', async () => {
  expect(await poll({ ran: false })).toMatchObject({ isProblem: false });
});
