import { describe, expect, it } from 'vitest';
import { periodsOf, rangeSince, type Series } from '../../../../infra/ops/metrics/series.ts';
import { readLocalMetrics, readStageMetrics } from '../../../../infra/ops/metrics/values.ts';
import { createMetrics, type Metrics } from '../../../../shared/telemetry/metrics.ts';
import { fakeLogs, fakeTarget, ops } from '../fake-target.ts';
import { cloudWatchWith } from '../testing/cloud-watch.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
const MINUTE = 60_000;
const RANGE = { from: START, to: START + 3 * MINUTE, periodSeconds: 60 };

/** Lines that the functions of a stack write at a time. */
function linesAt(ms: number, work: (metrics: Metrics) => void) {
  const texts: string[] = [];
  const metrics = createMetrics({ stage: 'local', write: (text) => texts.push(text), now: () => ms });
  work(metrics);
  metrics.flush();
  return texts.map((text) => ({ at: new Date(ms).toISOString(), function: 'webhook', text }));
}

const series = (metric: Series['metric'], statistic: Series['statistic']): Series => ({
  ...{ id: metric, label: metric },
  ...{ metric, statistic },
});

describe('a range', () => {
  it.each([
    [59 * MINUTE, 60],
    [3 * 60 * MINUTE, 60],
    [4 * 60 * MINUTE, 300],
    [7 * 24 * 60 * MINUTE, 3600],
    [60 * 24 * 60 * MINUTE, 86_400],
  ])('of %d ms has periods of %d s, in whole', (ms, periodSeconds) => {
    const now = START + 1234;
    const range = rangeSince(now - ms, now);
    expect(range.periodSeconds).toBe(periodSeconds);
    expect(range.from % (periodSeconds * 1000)).toBe(0);
    expect(range.from).toBeLessThanOrEqual(now - ms);
    expect(range.to).toBeGreaterThanOrEqual(now);
    expect(periodsOf(range).length).toBeLessThanOrEqual(400);
  });
});

it('the local stack sums up the lines of its functions as CloudWatch does', async () => {
  const logs = fakeLogs([
    ...linesAt(START - 1, (metrics) => metrics.count('DeliveryQueued', {})),
    ...linesAt(START + 1, (metrics) => metrics.count('DeliveryQueued', {}, 2)),
    ...linesAt(START + 2, (metrics) => {
      metrics.count('DeliveryQueued', {});
      for (const ms of [30, 10, 20]) metrics.record('OcrolusLatency', ms, 'Milliseconds', {});
    }),
    { at: new Date(START + 3).toISOString(), function: 'webhook', text: '{"message":"\\"_aws\\""}' },
    ...linesAt(START + 2 * MINUTE, (metrics) => metrics.count('DeliveryQueued', {})),
  ]);
  const wanted = [
    series('DeliveryQueued', 'Sum'),
    series('OcrolusLatency', 'SampleCount'),
    series('OcrolusLatency', 'p50'),
    series('OcrolusLatency', 'p99'),
    series('OcrolusLatency', 'Maximum'),
  ];
  expect(await readLocalMetrics(logs, wanted, RANGE)).toEqual([
    [3, null, 1],
    [3, null, null],
    [20, null, null],
    [30, null, null],
    [30, null, null],
  ]);
});

it('a stage asks CloudWatch for the totals of the stage, and leaves gaps open', async () => {
  const { client, asked } = cloudWatchWith({ values: () => [7] });
  const answer = await readStageMetrics('prod', client, [series('DeliveryQueued', 'Sum')], RANGE);
  expect(asked).toEqual([
    expect.objectContaining({
      StartTime: new Date(RANGE.from),
      EndTime: new Date(RANGE.to),
      MetricDataQueries: [
        {
          Id: 's0',
          MetricStat: {
            Metric: {
              Namespace: 'OcrolusWebhooks',
              MetricName: 'DeliveryQueued',
              Dimensions: [{ Name: 'stage', Value: 'prod' }],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
      ],
    }),
  ]);
  expect(answer).toEqual([[7, null, null]]);
});

describe('a metric that has no total is read by one of its dimensions', () => {
  const refused: Series = {
    ...series('DeliveryRefused', 'Sum'),
    dimension: { name: 'statusCode', value: '401' },
  };

  it('in the local stack', async () => {
    const refuse = (statusCode: string) =>
      linesAt(START + 1, (metrics) => metrics.count('DeliveryRefused', { reason: 'unsigned', statusCode }));
    const logs = fakeLogs(['401', '413', '401'].flatMap(refuse));
    expect(await readLocalMetrics(logs, [refused], RANGE)).toEqual([[2, null, null]]);
  });

  it('in a stage', async () => {
    const { client, asked } = cloudWatchWith({ values: () => [7] });
    await readStageMetrics('prod', client, [refused], RANGE);
    const Dimensions = [
      { Name: 'stage', Value: 'prod' },
      { Name: 'statusCode', Value: '401' },
    ];
    expect(asked).toMatchObject([{ MetricDataQueries: [{ MetricStat: { Metric: { Dimensions } } }] }]);
  });
});

describe('ops metrics', () => {
  const target = fakeTarget({
    metrics: async (wanted, range) =>
      wanted.map((_, n) => periodsOf(range).map((_at, index) => (index === 0 ? n + 0.4 : null))),
  });

  it('shows the periods that have data, and what the columns mean', async () => {
    const { text, document } = await ops<object[]>(target, 'metrics --since 10m');
    expect(text).toMatch(/^AT +DELIVERIES +CALLS .*\n\S+ +0 +1 +2 /);
    expect(text).toContain('deliveries: deliveries accepted; calls: calls to Ocrolus');
    expect(text.split('\n')).toHaveLength(3);
    expect(document.length).toBeGreaterThanOrEqual(10);
  });

  it('prints every period for a spreadsheet', async () => {
    const { text } = await ops(target, 'metrics --since 10m --csv');
    const [header, first, second] = text.split('\r\n');
    expect(header).toMatch(/^at,deliveries,calls,/);
    expect(first).toMatch(/Z,0,1,2,/);
    expect(second).toMatch(/Z,,,/);
  });

  it('says if there is nothing', async () => {
    expect((await ops(fakeTarget(), 'metrics')).text).toBe('nothing was measured');
  });
});
