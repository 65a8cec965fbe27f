import type { Stack } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { setProtection } from '../../../infra/ops/target/protection.ts';
import { TICK_EVENTS } from '../../../shared/ocrolus/webhooks/reports.ts';
import { fakeTarget, ops } from './fake-target.ts';

const queue = { url: 'u', dlqUrl: null };

/** A stack of two channels, and what it was told. @param answers of its functions. */
function stackWith(answers: { readonly poll?: object; readonly registration?: readonly object[] } = {}) {
  const asked: unknown[] = [];
  const record = (name: string, answer: unknown) =>
    (async (...how: unknown[]) => {
      asked.push([name, ...how]);
      return answer;
    }) as never;
  const target = fakeTarget({
    queues: { lifecycle: queue, 'doc-verified': queue },
    poll: record('poll', answers.poll),
    invoke: record('invoke', answers.registration),
    setConsuming: record('setConsuming', undefined),
  });
  return { asked, target };
}

describe('poll', () => {
  const REPORT = { discovered: 1, polled: 3, isBehind: false, problems: [] };
  const DONE = '3 books handed over, 1 discovered';

  it.each([
    ['says what the poller did', REPORT, DONE],
    ['says what it left', { ...REPORT, isBehind: true }, `${DONE}; the others are left to the next runs`],
    ['understands another version', { ran: true, polled: 3, sent: 4 }, '3 books handed over, 0 discovered'],
    [
      'is a problem where an account could not be asked, which is named with the code',
      { ...REPORT, problems: [{ account: 'lending', code: 'auth' }] },
      `${DONE}\nlending could not be asked: auth (docs/runbook.md#ocrolus-unavailable)`,
    ],
  ])('%s', async (_, report, text) => {
    const isProblem = 'problems' in report && report.problems.length > 0;
    const { target } = stackWith({ poll: report });
    expect(await ops(target, 'poll')).toEqual({ document: report, text, isProblem, plans: [] });
  });
});

describe('pause and resume', () => {
  const paused = (channel: string, isPaused = true) => ({ channel, paused: isPaused });
  const BOTH = [paused('lifecycle'), paused('doc-verified')];

  it.each([
    ['pause lifecycle', ['lifecycle'], paused('lifecycle'), 'stop the consumer of lifecycle'],
    ['resume lifecycle', ['lifecycle'], paused('lifecycle', false), 'start the consumer of lifecycle'],
    ['pause --all', ['lifecycle', 'doc-verified'], BOTH, 'stop every consumer'],
  ])('%s: after one question', async (call, channels, document, plan) => {
    const { target, asked } = stackWith();
    const isOn = call.startsWith('resume');
    const text = channels.map((channel) => `${channel}: ${isOn ? 'resumed' : 'paused'}`).join('\n');
    expect(await ops(target, call)).toEqual({ document, text, plans: [plan] });
    expect(asked).toEqual(channels.map((channel) => ['setConsuming', channel, isOn]));
  });

  it.each([['lifecicle', 'There is no such channel (Did you mean lifecycle?)']])(
    'a wrong call changes nothing: %j',
    async (words, message) => {
      const { target, asked } = stackWith();
      await expect(ops(target, `pause ${words}`)).rejects.toThrow(message);
      expect(asked).toEqual([]);
    },
  );
});

describe('registration', () => {
  const LISTS = { missing: ['DOC_VERIFIED'], dropped: ['MIDDESK_VERIFIED'], unasked: [] };
  const WEBHOOK = { url: 'https://hooks.example.com/webhooks/lending', events: ['BOOK_VERIFIED'] };
  const COMMON = { account: 'lending', level: 'account', difference: { webhook: 'same', ...LISTS } };
  const REGISTERED = { ...COMMON, ...WEBHOOK, test: 'ok', waitsForDashboard: false };
  const wanted = { ...WEBHOOK, events: ['BOOK_VERIFIED', 'DOC_VERIFIED', 'MIDDESK_VERIFIED'] };
  const WAITING = {
    ...REGISTERED,
    level: 'organization',
    events: [],
    test: 'nothing to test',
    waitsForDashboard: true,
  };
  const SHOWN = { ...COMMON, wanted, registered: WEBHOOK, drift: true, waitsForDashboard: false };
  const FAILED = { account: 'other', error: 'Ocrolus does not accept the API credentials' };
  const removed = (isRemoved: boolean) => ({ account: 'lending', removed: isRemoved });

  const LEFT_OUT = '  Ocrolus left out: DOC_VERIFIED\n  Ocrolus left out, as expected: MIDDESK_VERIFIED';
  const LINE = `lending: ${WEBHOOK.url}, 1 events, test: ok\n${LEFT_OUT}`;

  it.each([
    ['register --account lending', [REGISTERED], LINE],
    [
      'register',
      [WAITING],
      `lending: ${WEBHOOK.url}, waiting for the Dashboard: ${TICK_EVENTS}\n  to tick: DOC_VERIFIED`,
    ],
    ['register', [{ ...REGISTERED, replaced: 'https://old' }], `${LINE}\n  in place of: https://old`],
    ['unregister --account lending', [removed(true)], 'lending: removed'],
    ['unregister', [removed(false)], 'lending: was not registered'],
  ])('%s asks, invokes the function, and says what it did: %j', async (call, answer, text) => {
    const { target, asked } = stackWith({ registration: answer });
    const [action, , account] = call.split(' ');
    expect(await ops(target, call)).toMatchObject({
      ...{ document: answer, text },
      plans: [expect.stringContaining(`the webhook of ${account ?? 'every account'}`)],
    });
    expect(asked).toEqual([
      ['invoke', 'registration', { action, ...(account !== undefined && { account }) }],
    ]);
  });

  it('registration says what to tick in the Dashboard', async () => {
    const registration = [{ ...SHOWN, level: 'organization', waitsForDashboard: true }];
    const { text } = await ops(stackWith({ registration }).target, 'registration');
    expect(text).toMatch(/WAITING FOR THE DASHBOARD: tick [\s\S]*missing +DOC_VERIFIED/);
  });

  it('registration shows what Ocrolus has against what we want', async () => {
    const registration = [SHOWN, FAILED];
    expect(await ops(stackWith({ registration }).target, 'registration')).toMatchObject({
      ...{ document: registration, plans: [] },
      text: expect.stringMatching(/lending .*DIFFERS[\s\S]*missing +DOC_VERIFIED[\s\S]*other: Ocrolus/),
    });
  });

  it.each([
    ['register', [REGISTERED, FAILED]],
    ['unregister', [FAILED]],
    ['registration', [FAILED]],
  ])('%s fails if Ocrolus could not be asked', async (call, registration) => {
    await expect(ops(stackWith({ registration }).target, call)).rejects.toThrow(
      'other: Ocrolus does not accept the API credentials',
    );
  });
});

describe('protection', () => {
  /** AWS as far as protection is concerned: it remembers what it was told. */
  const account = (StackStatus: string, LoadBalancerArn?: string) => {
    const asked: object[] = [];
    const outputs: Record<string, string> = LoadBalancerArn === undefined ? {} : { LoadBalancerArn };
    const stack = { name: 'stack', stack: { StackStatus } as Stack, outputs };
    const send = async (command: { readonly input: object }) => asked.push(command.input);
    return { asked, stack, clients: { cloudFormation: { send }, loadBalancing: { send } } as never };
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
    const { asked, stack, clients } = account(status, arn);
    const loadBalancer = arn === undefined ? null : isOn;
    expect(await setProtection(stack, isOn, clients)).toEqual({ stack: isOn, loadBalancer });
    expect(asked).toEqual([
      ...(arn === undefined ? [] : [balancer(String(isOn))]),
      { StackName: 'stack', EnableTerminationProtection: isOn },
    ]);
  });

  it.each(['ROLLBACK_COMPLETE', 'CREATE_FAILED', 'REVIEW_IN_PROGRESS', 'UPDATE_IN_PROGRESS'])(
    'is refused to a stack that is %s: it could be neither deleted nor deployed again',
    async (status) => {
      const { asked, stack, clients } = account(status);
      await expect(setProtection(stack, true, clients)).rejects.toThrow(status);
      expect(asked).toEqual([]);
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
