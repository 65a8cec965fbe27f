import { beforeEach, describe, expect, it } from 'vitest';
import { register } from '../../../functions/registration/register.ts';
import { Failure } from '../../../shared/failure.ts';
import { HERE, LATER, openHarness, REGISTRATION, registered, unavailable } from './testing/harness.ts';

let harness: ReturnType<typeof openHarness>;

beforeEach(() => {
  harness = openHarness();
});

describe('a list of events that Ocrolus refuses', () => {
  const events = Array.from({ length: 27 }, (_, n) => `event.${n}`);
  const register27 = () => register({ ...REGISTRATION, events }, undefined, harness.dependencies, LATER);

  it.each([
    [['event.0']],
    [['event.13']],
    [['event.26']],
    [['event.3', 'event.4']],
    [['event.0', 'event.13', 'event.26']],
  ])('is refused because of %j, says the error', async (refused) => {
    const before = registered(HERE, 'BOOK_VERIFIED');
    harness.state.registered.account = [before];
    harness.state.refused = refused;
    await expect(register27()).rejects.toThrow(
      `Ocrolus refuses the registration (1806), because of these events: ${refused.join(', ')}. Leave them out`,
    );
    expect(harness.state.puts).toBeLessThanOrEqual(1 + 10 * refused.length + 1);
    expect(harness.state.registered.account).toEqual([before]);
    expect(harness.state.secrets).toEqual([]);
  });

  it('is not the cause when each name is refused', async () => {
    harness.state.refused = events;
    await expect(register27()).rejects.toThrow(
      /for each event alone.*registration\.url.*registration\.encoding.*fewer than five/,
    );
  });

  it('is not the cause when each name is accepted alone', async () => {
    harness.state.fails.set('put', new Failure('refused', '1806'));
    await expect(register27()).rejects.toThrow('each event alone is accepted');
  });

  it.each([
    ['auth', 'auth'],
    ['http-415', 'registration.encoding'],
    ['http-415-unreadable', 'registration.encoding'],
  ])('is not searched when the answer is about something else: %s', async (code, message) => {
    harness.state.refused = ['event.3'];
    harness.state.refusal = new Failure('refused', code);
    await expect(register27()).rejects.toThrow(message);
    expect(harness.state.puts).toBe(1);
  });

  it('is reported as it was answered when the search fails', async () => {
    harness.state.refused = ['event.26'];
    harness.state.fails.set('put', unavailable());
    await expect(register27()).rejects.toThrow('1806');
  });

  it('leaves one webhook of an organization, or none', async () => {
    harness.state.refused = ['event.3'];
    const registration = { ...REGISTRATION, level: 'organization', events } as const;
    await expect(register(registration, undefined, harness.dependencies, LATER)).rejects.toThrow(/event\.3/);
    expect(harness.state.registered.organization).toEqual([]);
  });
});
