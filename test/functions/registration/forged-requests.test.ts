import { beforeEach, expect, it } from 'vitest';
import { HERE, openHarness, REGISTRATION, registered, THERE } from './testing/harness.ts';
import { type Circumstances, PROPERTIES, sendEvent } from './testing/send-event.ts';

let harness: ReturnType<typeof openHarness>;
beforeEach(() => {
  harness = openHarness();
});

const send = (event: object, circumstances?: Circumstances) => sendEvent(harness, event, circumstances);

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
