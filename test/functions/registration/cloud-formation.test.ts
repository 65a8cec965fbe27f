import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CloudFormationDependencies,
  testWindow,
} from '../../../functions/registration/cloud-formation.ts';
import { Failure } from '../../../shared/failure.ts';
import { HERE, openHarness, REGISTRATION, registered, THERE, unavailable } from './testing/harness.ts';
import { type Circumstances, PROPERTIES, RESPONSE_URL, sendEvent } from './testing/send-event.ts';

const MINUTE = 60_000;

let harness: ReturnType<typeof openHarness>;
beforeEach(() => {
  harness = openHarness();
});

const send = (event: object, circumstances?: Circumstances) => sendEvent(harness, event, circumstances);

/** Registers while the stack creates its ingress, in an invocation of 15 minutes. */
const sendWhileCreated = (more: Partial<CloudFormationDependencies> = {}) =>
  send(
    { ResourceProperties: { ...PROPERTIES, makesWayIn: 'true' } },
    { more: { repeatTestUntil: Date.now() + 14 * MINUTE, ...more }, remaining: 15 * MINUTE },
  );
const timesOut = () => ({ ok: false, message: 'connection timed out' });

describe('the custom resource', () => {
  it('registers, and reports what Ocrolus accepted', async () => {
    const [answer] = await send({});
    expect(answer).toMatchObject({
      method: 'PUT',
      url: RESPONSE_URL,
      told: {
        Status: 'SUCCESS',
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'Webhook',
        PhysicalResourceId: 'ocrolus-webhook-Webhook',
        Data: { Events: 'BOOK_VERIFIED', Missing: '', Test: 'ok', State: 'registered' },
      },
    });
    // The URL is signed for no content type.
    expect(answer?.headers.get('content-type')).toBeFalsy();
  });

  it('keeps its physical id on update, and the old registration when the update fails', async () => {
    const before = registered(THERE, 'DOC_VERIFIED');
    harness.state.registered.account = [before];
    harness.state.fails.set('test', unavailable());
    const [answer] = await send({
      RequestType: 'Update',
      PhysicalResourceId: 'as-before',
      OldResourceProperties: { ...PROPERTIES, url: THERE },
    });
    expect(answer?.told).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'as-before' });
    expect(answer?.told.Reason).toContain('http-503');
    expect(harness.state.registered.account).toEqual([before]);
  });

  it('waits for API credentials that are not set yet, instead of failing the deployment that creates their secret', async () => {
    const refusing = (code: string) => ({
      more: { readSecret: () => Promise.reject(new Failure('refused', code)) },
    });
    const [answer] = await send({}, refusing('no-credentials'));
    expect(answer?.told).toMatchObject({
      Status: 'SUCCESS',
      Data: {
        Events: '',
        State: expect.stringMatching(/set the secret .* run ops register --account default$/),
      },
    });
    expect((await send({}, refusing('auth')))[0]?.told).toMatchObject({ Status: 'FAILED' });
  });

  it('does not test again what Ocrolus has already', async () => {
    harness.state.registered.account = [registered(HERE, 'BOOK_VERIFIED')];
    const update = { RequestType: 'Update', PhysicalResourceId: 'x', OldResourceProperties: PROPERTIES };
    const [answer] = await send(update);
    expect(answer?.told).toMatchObject({ Status: 'SUCCESS', Data: { State: 'registered' } });
    expect([harness.state.puts, harness.state.tests]).toEqual([0, []]);
    // Its secret cannot be compared: another one is set, and tested.
    await send({ ...update, ResourceProperties: { ...PROPERTIES, webhookSecret: 'another' } });
    expect(harness.state.tests).toHaveLength(1);
  });

  it('needs no Ocrolus in a rollback', async () => {
    const update = { RequestType: 'Update', PhysicalResourceId: 'x', OldResourceProperties: PROPERTIES };
    const stackStatus = vi.fn(async () => 'UPDATE_ROLLBACK_IN_PROGRESS');
    harness.state.fails.set('list', unavailable());
    const [answer] = await send(update, { more: { stackStatus } });
    expect(answer?.told).toMatchObject({
      Status: 'SUCCESS',
      Data: { State: expect.stringContaining('not registered again in the rollback') },
    });
    expect(stackStatus).toHaveBeenCalledWith('stack');
    harness.state.fails.set('list', unavailable());
    expect((await send(update))[0]?.told).toMatchObject({ Status: 'FAILED' });
  });

  it('repeats the test while the ingress is being created, and succeeds once it exists', async () => {
    harness.state.outcomeOf = () => (harness.state.tests.length < 12 ? timesOut() : { ok: true });
    const [answer] = await sendWhileCreated();
    expect(answer?.told).toMatchObject({ Status: 'SUCCESS', Data: { Test: 'ok' } });
    expect(harness.state.waited).toBe(11 * 20_000);
  });

  it('tests once if the stack does not create the ingress, as with a proxy', async () => {
    harness.state.outcomeOf = timesOut;
    const more = { repeatTestUntil: Date.now() + 14 * MINUTE };
    const [answer] = await send({}, { more, remaining: 15 * MINUTE });
    expect(answer?.told.Status).toBe('FAILED');
    expect(harness.state.waited).toBe(0);
  });

  it('stops in time to restore the former registration', async () => {
    const before = registered(THERE, 'DOC_VERIFIED');
    harness.state.registered.account = [before];
    harness.state.outcomeOf = timesOut;
    const [answer] = await sendWhileCreated();
    expect(answer?.told).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('timed out') });
    expect(harness.state.waited).toBeGreaterThan(13 * MINUTE);
    expect(harness.state.waited).toBeLessThan(14 * MINUTE);
    expect(harness.state.registered.account).toEqual([before]);
  });

  it('hands over to another invocation while it could still be reached, with everything as it was before', async () => {
    const before = registered(THERE, 'DOC_VERIFIED');
    harness.state.registered.account = [before];
    harness.state.outcomeOf = timesOut;
    const handOver = vi.fn(async () => {});
    expect(await sendWhileCreated({ handOver })).toEqual([]);
    expect(handOver).toHaveBeenCalledTimes(1);
    expect(harness.state.registered.account).toEqual([before]);
  });

  it('answers when no other invocation could be started, and when waiting cannot help', async () => {
    harness.state.outcomeOf = timesOut;
    const handOver = () => Promise.reject(new Error('AccessDenied'));
    const [unreachable] = await sendWhileCreated({ handOver, repeatTestUntil: Date.now() + MINUTE });
    expect(unreachable?.told.Status).toBe('FAILED');
    harness.state.fails.set('list', unavailable());
    const [down] = await sendWhileCreated({ handOver: () => Promise.resolve() });
    expect(down?.told.Status).toBe('FAILED');
  });

  it('answers even when its properties make no sense', async () => {
    const [answer] = await send({ ResourceProperties: { level: 'galaxy' } });
    expect(answer?.told).toMatchObject({ Status: 'FAILED', Reason: expect.any(String) });
  });

  it.each([
    ['Ocrolus is down', () => harness.state.fails.set('list', unavailable()), {}],
    ['a failed creation left nothing', () => {}, { ResourceProperties: {} }],
  ])('never fails a deletion: %s', async (_why, arrange, more) => {
    arrange();
    const [answer] = await send({ RequestType: 'Delete', PhysicalResourceId: 'x', ...more });
    expect(answer?.told).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'x' });
  });

  it('removes its own registration on deletion', async () => {
    harness.state.registered.account = [registered(HERE, 'BOOK_VERIFIED')];
    await send({ RequestType: 'Delete', PhysicalResourceId: 'x' });
    expect(harness.state.registered.account).toEqual([]);
  });

  it('retries when CloudFormation does not accept the answer, and never logs its URL', async () => {
    let tries = 0;
    const answers = await send({}, { answer: () => new Response('', { status: ++tries < 2 ? 503 : 200 }) });
    expect(answers).toHaveLength(2);
    const refuses = { answer: () => new Response('', { status: 403 }) };
    await expect(send({}, refuses)).rejects.toThrow(/could not be answered/);
    expect(harness.state.lines.join()).not.toContain('cloudformation.example');
  });
});

describe('a request for another level or URL than that of the stage', () => {
  it.each(['Create', 'Update'])('%s at the other level changes nothing at Ocrolus', async (RequestType) => {
    const ResourceProperties = { ...PROPERTIES, level: 'organization' };
    const [answer] = await send({ RequestType, PhysicalResourceId: 'x', ResourceProperties });
    expect(answer?.told).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('The level') });
    expect(harness.state.puts).toBe(0);
  });

  it('replaces another webhook of the organization only while the stack is being deployed', async () => {
    harness.state.registered.organization = [{ ...registered(THERE, 'BOOK_VERIFIED'), uuid: 'there' }];
    const properties = { ...PROPERTIES, level: 'organization' };
    const update = {
      ...{ RequestType: 'Update', PhysicalResourceId: 'x', ResourceProperties: properties },
      OldResourceProperties: { ...properties, url: THERE },
    };
    const registrations = [{ ...REGISTRATION, level: 'organization' as const }];
    const urls = () => harness.state.registered.organization.map(({ url }) => url);
    for (const status of ['UPDATE_COMPLETE', undefined]) {
      await send(update, { more: { registrations, stackStatus: async () => status } });
      expect(urls()).toEqual([THERE, HERE]);
      harness.state.registered.organization.pop();
    }
    await send(update, { more: { registrations } });
    expect(urls()).toEqual([HERE]);
  });

  it('removes the registration of an account that was at another level than the stage is now', async () => {
    harness.state.registered.organization = [registered(HERE, 'BOOK_VERIFIED')];
    const ResourceProperties = { ...PROPERTIES, level: 'organization' };
    await send({ RequestType: 'Delete', PhysicalResourceId: 'x', ResourceProperties });
    expect(harness.state.registered.organization).toEqual([]);
  });
});

describe('the test is repeated for twenty minutes', () => {
  it('in two invocations, of which the second one answers', () => {
    const first = testWindow({}, 0, 14 * MINUTE);
    expect(first).toEqual({ testUntil: 20 * MINUTE, repeatTestUntil: 14 * MINUTE, isLonger: true });
    const second = testWindow({ testUntil: first.testUntil }, 15 * MINUTE, 29 * MINUTE);
    expect(second).toEqual({ testUntil: 20 * MINUTE, repeatTestUntil: 20 * MINUTE, isLonger: false });
  });

  it('and no longer where the second one began late', () => {
    expect(testWindow({ testUntil: 20 * MINUTE }, 25 * MINUTE, 39 * MINUTE)).toMatchObject({
      repeatTestUntil: 20 * MINUTE,
      isLonger: false,
    });
  });
});
