import { expect, test } from 'vitest';
import { recordSecretAge } from '../../functions/registration/by-request.ts';
import { createMetrics } from '../../shared/telemetry/metrics.ts';

test('the oldest secret of all accounts is measured', async () => {
  const lines: unknown[] = [];
  const metrics = createMetrics({ stage: 'test', write: (line) => void lines.push(JSON.parse(line)) });
  const made = new Map([
    ['arn:default', new Date('2026-03-01T00:00:00Z')],
    ['arn:lending', new Date('2026-03-09T00:00:00Z')],
  ]);
  const readDate = async (arn: string) => made.get(arn) ?? new Date(Number.NaN);
  await recordSecretAge([...made.keys()], readDate, metrics, Date.parse('2026-03-11T00:00:00Z'));
  expect(lines).toMatchObject([{ stage: 'test', WebhookSecretAge: 10 * 86_400 }]);
});
