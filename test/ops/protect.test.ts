import { describe, expect, it } from 'vitest';
import { protectCommand } from '../../infra/ops/commands/set-up/protect.ts';
import { setProtection } from '../../infra/ops/target/protection.ts';
import { fakeTarget, runOps } from './fake-target.ts';

/** AWS as far as protection is concerned: it remembers what it was told. */
function account(StackStatus: string, outputs: Readonly<Record<string, string>> = {}) {
  const asked: object[] = [];
  const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
  const send = async (command: { readonly input: object }) => {
    asked.push(command.input);
    return { Stacks: [{ StackStatus, Outputs }] };
  };
  return { asked, clients: { cloudFormation: { send }, loadBalancing: { send } } as never };
}

const STACK = 'ocrolus-webhooks-prod';

describe('protection', () => {
  it('is set on the stack and on its load balancer', async () => {
    const { asked, clients } = account('CREATE_COMPLETE', { LoadBalancerArn: 'arn:balancer' });
    expect(await setProtection(STACK, true, clients)).toEqual({ stack: true, loadBalancer: true });
    expect(asked).toEqual([
      { StackName: STACK },
      {
        LoadBalancerArn: 'arn:balancer',
        Attributes: [{ Key: 'deletion_protection.enabled', Value: 'true' }],
      },
      { StackName: STACK, EnableTerminationProtection: true },
    ]);
  });

  it('is set on the stack alone where there is no load balancer', async () => {
    const { asked, clients } = account('UPDATE_ROLLBACK_COMPLETE');
    expect(await setProtection(STACK, true, clients)).toEqual({ stack: true, loadBalancer: null });
    expect(asked).toHaveLength(2);
  });

  it.each(['ROLLBACK_COMPLETE', 'CREATE_FAILED', 'REVIEW_IN_PROGRESS', 'UPDATE_IN_PROGRESS'])(
    'is refused to a stack that is %s: it could be neither deleted nor deployed again',
    async (status) => {
      const { asked, clients } = account(status);
      await expect(setProtection(STACK, true, clients)).rejects.toThrow(status);
      expect(asked).toHaveLength(1);
    },
  );

  it('can be taken away from any stack', async () => {
    const { asked, clients } = account('ROLLBACK_COMPLETE', { LoadBalancerArn: 'arn:balancer' });
    expect(await setProtection(STACK, false, clients)).toEqual({ stack: false, loadBalancer: false });
    expect(asked.at(-1)).toEqual({ StackName: STACK, EnableTerminationProtection: false });
  });
});

describe('ops protect', () => {
  it('turns protection on, and says which setting keeps it', async () => {
    const output = await runOps(protectCommand, fakeTarget());
    expect(output).toMatchObject({
      document: { stack: true, loadBalancer: null },
      text: expect.stringContaining('security.terminationProtection: true'),
    });
  });

  it('turns it off with --off', async () => {
    const output = await runOps(protectCommand, fakeTarget(), { flags: { off: true } });
    expect(output).toMatchObject({
      document: { stack: false },
      text: expect.stringContaining('not protected'),
    });
  });
});
