import { beforeAll, expect, it } from 'vitest';
import { run } from '../../../infra/ops/run.ts';
import type { Session } from '../../../infra/ops/stack-command.ts';
import { useFolder } from '../../testing/folder.ts';
import { announceStack } from '../running-stacks/testing/announced-stack.ts';
import { written } from './testing/typed.ts';

const folder = useFolder(beforeAll);
beforeAll(async () => (await announceStack(folder())).stop);

/** Runs a command on the local stack, where there is no terminal. */
const runLocally = (
  options: { readonly yes?: true },
  work: (session: Session) => Promise<void>,
  text = 'done',
) =>
  written(() =>
    run({ data: folder(), ...options }, async (session) => {
      await work(session);
      return { document: {}, text };
    }),
  );

it('a change of the local stack needs no confirmation', async () => {
  const done = { status: 0, stdout: 'done\n', stderr: '' };
  expect(await runLocally({}, ({ confirm }) => confirm('change it'))).toEqual(done);
});

it('what may be a mistake needs it, with the plan', async () => {
  const work = ({ confirmAnywhere }: Session) => confirmAnywhere('forget it');
  const plan = 'Local stack: forget it\n';
  expect(await runLocally({}, work)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(`^${plan}error: .*--yes\n$`),
  });
  expect(await runLocally({ yes: true }, work)).toEqual({ status: 0, stdout: 'done\n', stderr: plan });
});

it('a text that a command did not make printable cannot control the terminal', async () => {
  const { stdout } = await runLocally({}, async () => {}, 'a\u001b]0;title\u0007\nb');
  expect(stdout).toBe('a\\u001b]0;title\\u0007\nb\n');
});
