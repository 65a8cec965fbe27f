import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onRequest } from '../../../functions/registration/by-request.ts';
import { register } from '../../../functions/registration/register.ts';
import type { RegistrationDependencies } from '../../../functions/registration/registration.ts';
import type { Simulator } from '../../../infra/local/ocrolus/simulator.ts';
import type { OrganizationAccess } from '../../../infra/local/ocrolus/webhooks/registrations.ts';
import type { Level } from '../../../shared/ocrolus/webhooks/level.ts';
import { openLevel } from '../../../shared/ocrolus/webhooks/open-level.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';
import { deliver } from '../../infra/local/ocrolus/testing/client.ts';
import { startReceiver } from '../../infra/local/ocrolus/testing/receiver.ts';
import { startWithClient } from '../../shared/ocrolus/testing/first-contact.ts';
import { LATER, openHarness, REGISTRATION } from './testing/harness.ts';
import { PROPERTIES, sendEvent } from './testing/send-event.ts';

const EVENTS = ['book.verified', 'network.book.created'] as const;

let harness: ReturnType<typeof openHarness>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let simulator: Simulator;
let dependencies: RegistrationDependencies;
beforeEach(async () => {
  harness = openHarness();
  receiver = await startReceiver();
});
afterEach(async () => {
  await simulator?.close();
  await receiver.close();
});

async function startOcrolus(organization: OrganizationAccess) {
  const started = await startWithClient(fetch, { organization });
  simulator = started.simulator;
  const open = (_account: string, level: Level, deadline: number) =>
    openLevel(level, started.client, 'json', deadline);
  dependencies = { ...harness.dependencies, openLevel: open };
}

const wanted = () => ({
  ...REGISTRATION,
  level: 'organization' as const,
  url: receiver.url,
  events: [...EVENTS],
});
const deploy = async (RequestType = 'Create', level: Level = 'organization') => {
  const properties = { ...PROPERTIES, level, url: receiver.url, events: EVENTS.join(',') };
  const update = RequestType === 'Update' && { PhysicalResourceId: 'x', OldResourceProperties: properties };
  const more = { ...dependencies, registrations: [{ ...wanted(), level }] };
  const event = { RequestType, ResourceProperties: properties, ...update };
  const [answer] = await sendEvent(harness, event, { more });
  return answer?.told;
};
/** The daily check. @returns its report, and how many registrations differ. */
async function check(given = dependencies) {
  const lines: Record<string, unknown>[] = [];
  const metrics = createMetrics({ stage: 'test', write: (line) => void lines.push(JSON.parse(line)) });
  const [report] = await onRequest({ action: 'check' }, [wanted()], { ...given, metrics }, LATER);
  metrics.flush();
  return { report, drifted: lines.at(-1)?.RegistrationDrift };
}

describe('an organization whose events must be ticked in the Dashboard', () => {
  beforeEach(() => startOcrolus('waits-for-dashboard'));

  it('keeps its webhook, and the deployment says what to do', async () => {
    for (const type of ['Create', 'Update']) {
      expect(await deploy(type)).toMatchObject({
        Status: 'SUCCESS',
        Data: {
          Missing: EVENTS.join(','),
          Test: 'nothing to test',
          State: expect.stringMatching(
            /^waiting for the Dashboard: tick .*Dashboard, then run ops register$/,
          ),
        },
      });
      expect(simulator.tickEvents([])).toEqual([receiver.url]);
    }
    expect(receiver.received).toEqual([]);
  });

  it('completes by itself once they are ticked, with signed deliveries', async () => {
    await deploy();
    expect(await check()).toMatchObject({
      report: { waitsForDashboard: true, drift: true, difference: { webhook: 'same', missing: EVENTS } },
      drifted: 1,
    });
    simulator.tickEvents([...EVENTS]);
    expect(await deliver(simulator, 'book.verified', {})).toMatchObject({ outcome: 'delivered' });
    expect(receiver.received[0]?.headers['webhook-signature']).toBeDefined();
    expect(await check()).toMatchObject({ report: { waitsForDashboard: false, drift: false }, drifted: 0 });
    expect(await deploy('Update')).toMatchObject({ Data: { State: 'registered' } });
  });

  it('is tested by ops register, which says that the call was accepted', async () => {
    await deploy();
    simulator.tickEvents([...EVENTS]);
    await expect(register(wanted(), undefined, dependencies, LATER)).resolves.toMatchObject({
      ...{ test: 'accepted', waitsForDashboard: false, events: EVENTS },
    });
  });

  it('reports events that were not ticked with the others', async () => {
    await deploy();
    simulator.tickEvents(['book.verified']);
    expect(await check()).toMatchObject({
      report: { waitsForDashboard: false, drift: true, difference: { missing: ['network.book.created'] } },
      drifted: 1,
    });
  });
});

it('events that the API accepts only after they are ticked are registered by the daily check', async () => {
  harness.state.unknown = [...EVENTS];
  await register(wanted(), undefined, harness.dependencies, LATER);
  harness.state.unknown = [];
  expect(await check(harness.dependencies)).toMatchObject({
    report: { waitsForDashboard: false, drift: false },
    drifted: 0,
  });
  expect(harness.state.tests).toHaveLength(1);
});

describe('an organization whose webhooks need a manager', () => {
  beforeEach(() => startOcrolus('not-permitted'));

  it('is not registered, and the deployment says what to ask Ocrolus for', async () => {
    const NEEDED = /needs manager permission.*Ask Ocrolus/;
    simulator.setWebhook({});
    expect(await deploy()).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(NEEDED) });
    const metrics = createMetrics({ stage: 'test', write: () => {} });
    const shown = await onRequest({ action: 'show' }, [wanted()], { ...dependencies, metrics }, LATER);
    expect(shown).toEqual([{ account: 'default', error: expect.stringMatching(NEEDED) }]);
  });

  it('does not matter to an account', async () => {
    expect(await deploy('Create', 'account')).toMatchObject({
      ...{ Status: 'SUCCESS', Data: { State: 'registered', Test: 'ok' } },
    });
  });
});
