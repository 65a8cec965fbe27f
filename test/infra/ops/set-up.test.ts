import { describe, expect, it } from 'vitest';
import { setProtection } from '../../../infra/ops/target/protection.ts';
import { fakeTarget, ops } from './fake-target.ts';

describe('registration', () => {
  const DIFFERENCE = {
    webhook: 'same',
    missing: ['DOC_VERIFIED'],
    dropped: ['MIDDESK_VERIFIED'],
    unasked: [],
  };
  const WEBHOOK = { url: 'https://hooks.example.com/webhooks/lending', events: ['BOOK_VERIFIED'] };
  const COMMON = { account: 'lending', level: 'account', difference: DIFFERENCE };
  const REGISTERED = { ...COMMON, ...WEBHOOK, test: 'ok' };
  const wanted = { ...WEBHOOK, events: ['BOOK_VERIFIED', 'DOC_VERIFIED', 'MIDDESK_VERIFIED'] };
  const SHOWN = { ...COMMON, wanted, registered: WEBHOOK, drift: true };
  const FAILED = { account: 'other', error: 'Ocrolus does not accept the API credentials' };
  const removed = (isRemoved: boolean) => ({ account: 'lending', removed: isRemoved });

  const LEFT_OUT = '  Ocrolus left out: DOC_VERIFIED\n  Ocrolus left out, as expected: MIDDESK_VERIFIED';
  const LINE = `lending: ${WEBHOOK.url}, 1 events, test: ok\n${LEFT_OUT}`;

  it.each([
    ['register --account lending', [REGISTERED], LINE],
    ['register', [{ ...REGISTERED, replaced: 'https://old' }], `${LINE}\n  in place of: https://old`],
    ['unregister --account lending', [removed(true)], 'lending: removed'],
    ['unregister', [removed(false)], 'lending: was not registered'],
  ])('%s asks, invokes the function, and says what it did: %j', async (call, answer, text) => {
    const asked: unknown[] = [];
    const invoke = async (...how: unknown[]) => {
      asked.push(how);
      return answer;
    };
    const shown = await ops(fakeTarget({ invoke }), call);
    const [action, , account] = call.split(' ');
    expect(asked).toEqual([['registration', { action, ...(account !== undefined && { account }) }]]);
    expect(shown).toMatchObject({ document: answer, text });
    expect(shown.plans).toEqual([expect.stringContaining(`the webhook of ${account ?? 'every account'}`)]);
  });

  it('registration shows what Ocrolus has against what we want', async () => {
    const { document, text, plans } = await ops(
      fakeTarget({ invoke: async () => [SHOWN, FAILED] }),
      'registration',
    );
    expect(document).toEqual([SHOWN, FAILED]);
    expect(text).toMatch(/lending .*DIFFERS[\s\S]*missing +DOC_VERIFIED[\s\S]*other: Ocrolus/);
    expect(plans).toEqual([]);
  });

  it.each([
    ['register', [REGISTERED, FAILED]],
    ['unregister', [FAILED]],
    ['registration', [FAILED]],
  ])('%s fails if Ocrolus could not be asked', async (call, answer) => {
    await expect(ops(fakeTarget({ invoke: async () => answer }), call)).rejects.toThrow(
      'other: Ocrolus does not accept the API credentials',
    );
  });
});

describe('protection', () => {
  const STACK = 'ocrolus-webhooks-prod';
  /** AWS as far as protection is concerned: it remembers what it was told. */
  const account = (StackStatus: string, LoadBalancerArn?: string) => {
    const asked: object[] = [];
    const Outputs =
      LoadBalancerArn === undefined ? [] : [{ OutputKey: 'LoadBalancerArn', OutputValue: LoadBalancerArn }];
    const send = async (command: { readonly input: object }) => {
      asked.push(command.input);
      return { Stacks: [{ StackStatus, Outputs }] };
    };
    return { asked, clients: { cloudFormation: { send }, loadBalancing: { send } } as never };
  };
  const balancer = (Value: string) => {
    const Attributes = [{ Key: 'deletion_protection.enabled', Value }];
    return { LoadBalancerArn: 'arn:balancer', Attributes };
  };

  it.each([
    ['CREATE_COMPLETE', 'arn:balancer', true],
    // It can be taken away from any stack.
    ['ROLLBACK_COMPLETE', 'arn:balancer', false],
    ['UPDATE_ROLLBACK_COMPLETE', undefined, true],
  ])('of a stack that is %s, with load balancer %s, is set to %s', async (status, arn, isOn) => {
    const { asked, clients } = account(status, arn);
    const loadBalancer = arn === undefined ? null : isOn;
    expect(await setProtection(STACK, isOn, clients)).toEqual({ stack: isOn, loadBalancer });
    expect(asked).toEqual([
      { StackName: STACK },
      ...(arn === undefined ? [] : [balancer(String(isOn))]),
      { StackName: STACK, EnableTerminationProtection: isOn },
    ]);
  });

  it.each(['ROLLBACK_COMPLETE', 'CREATE_FAILED', 'REVIEW_IN_PROGRESS', 'UPDATE_IN_PROGRESS'])(
    'is refused to a stack that is %s: it could be neither deleted nor deployed again',
    async (status) => {
      const { asked, clients } = account(status);
      await expect(setProtection(STACK, true, clients)).rejects.toThrow(status);
      expect(asked).toHaveLength(1);
    },
  );

  it.each([
    ['protect', true, /^stack: protected[\s\S]*security.terminationProtection: true/],
    ['protect --off', false, /^stack: not protected[\s\S]*Take security.terminationProtection out/],
  ])('%s says which setting keeps it', async (call, stack, text) => {
    expect(await ops(fakeTarget(), call)).toMatchObject({
      document: { stack, loadBalancer: null },
      text: expect.stringMatching(text),
      plans: [expect.stringContaining('deletion')],
    });
  });
});
