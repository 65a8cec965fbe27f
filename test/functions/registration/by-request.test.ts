import { beforeEach, expect, it } from 'vitest';
import { onRequest, recordSecretAge } from '../../../functions/registration/by-request.ts';
import { createMetrics } from '../../../shared/telemetry/metrics.ts';
import { openHarness, REGISTRATION, unavailable } from './testing/harness.ts';

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
