import { expect, test } from 'vitest';
import { readPollerRuns } from '../../../../infra/ops/logs/poller-runs.ts';
import { fakeLogs } from '../fake-target.ts';

const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;

const line = (second: number, requestId: string, message: string, fields: object) => ({
  ...{ at: at(second), function: 'poller' },
  text: JSON.stringify({ timestamp: at(second), level: 'INFO', message, requestId, ...fields }),
});

test('runs of the poller are read from its log, newest first, each with the lists that it could not read', async () => {
  const logs = fakeLogs([
    line(1, 'one', 'polled', { discovered: 2, polled: 3, isBehind: true }),
    line(2, 'two', 'polled', { discovered: 0, polled: 0, isBehind: false }),
    line(3, 'one', 'discovery stopped', { account: 'default', code: 'auth' }),
    line(4, 'lost', 'discovery stopped', { account: 'default', code: 'auth' }),
    line(5, 'two', 'polled a page', {}),
  ]);
  expect(await readPollerRuns({ logs }, at(0), new AbortController().signal)).toEqual([
    { requestId: 'two', at: at(2), discovered: 0, polled: 0, isBehind: false, problems: [] },
    { requestId: 'one', at: at(1), discovered: 2, polled: 3, isBehind: true, problems: ['default (auth)'] },
  ]);
});
