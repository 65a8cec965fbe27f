import { beforeEach, expect, it } from 'vitest';
import { onRequest, recordSecretAge } from '../../../functions/registration/by-request.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';
import { HERE, openHarness, REGISTRATION, registered, THERE, unavailable } from './testing/harness.ts';

let harness: ReturnType<typeof openHarness>;
beforeEach(() => {
  harness = openHarness();
});

const unregister = (account?: string) =>
  onRequest(
    { action: 'unregister', ...(account !== undefined && { account }) },
    [REGISTRATION],
    { ...harness.dependencies, metrics: createMetrics({ stage: 'test', write: () => {} }) },
    Date.now() + 60_000,
  );

it('removes what is registered for us', async () => {
  harness.state.registered.account = [registered(HERE, 'BOOK_VERIFIED')];
  expect(await unregister('default')).toEqual([{ account: 'default', removed: true }]);
  expect(harness.state.registered.account).toEqual([]);
});

it('leaves the registration of another deployment unchanged', async () => {
  const theirs = registered(THERE, 'BOOK_VERIFIED');
  harness.state.registered.account = [theirs];
  expect(await unregister()).toEqual([{ account: 'default', removed: false }]);
  expect(harness.state.registered.account).toEqual([theirs]);
});

it('reports an account that could not be asked, and refuses one that is not there', async () => {
  harness.state.fails.set('list', unavailable());
  expect(await unregister()).toEqual([{ account: 'default', error: expect.stringContaining('http-503') }]);
  await expect(unregister('lending')).rejects.toThrow('no account lending');
});

it('measures the age of the oldest secret of all accounts', async () => {
  const lines: unknown[] = [];
  const metrics = createMetrics({ stage: 'test', write: (line) => void lines.push(JSON.parse(line)) });
  const made = new Map([
    ['arn:default', new Date('2026-03-01T00:00:00Z')],
    ['arn:lending', new Date('2026-03-09T00:00:00Z')],
  ]);
  const readDate = async (arn: string) => made.get(arn) ?? new Date(Number.NaN);
  await recordSecretAge([...made.keys()], readDate, metrics, Date.parse('2026-03-11T00:00:00Z'));
  metrics.flush();
  expect(lines).toMatchObject([{ stage: 'test', WebhookSecretAge: 10 * 86_400 }]);
});
