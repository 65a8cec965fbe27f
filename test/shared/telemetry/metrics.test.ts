import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMetrics, METRIC_NAMESPACE, METRICS, withMetrics } from '../../../shared/telemetry/metrics.ts';

function open() {
  const lines: unknown[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { lines, metrics: createMetrics({ stage: 'test', write, now: () => 1_769_905_740_000 }) };
}

it('a count is a line in the embedded metric format, with the stage as a dimension', () => {
  const { lines, metrics } = open();
  metrics.count('DeliveryProcessed', { outcome: 'applied' });
  expect(lines).toEqual([]);
  metrics.flush();
  const expected = {
    _aws: {
      Timestamp: 1_769_905_740_000,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [['stage', 'outcome']],
          Metrics: [{ Name: 'DeliveryProcessed', Unit: 'Count' }],
        },
      ],
    },
    stage: 'test',
    outcome: 'applied',
    DeliveryProcessed: 1,
  };
  expect(lines).toEqual([expected]);
  metrics.flush();
  expect(lines).toHaveLength(1);
});

it('an invocation writes one line: counts are added up, and of other metrics each value is kept', () => {
  const { lines, metrics } = open();
  metrics.record('OcrolusLatency', 12.5, 'Milliseconds', {});
  metrics.count('BooksPolled', {}, 7);
  metrics.record('OcrolusLatency', 30, 'Milliseconds', {});
  metrics.count('BooksPolled', {}, 3);
  metrics.count('MessageRetried', { class: 'retry' });
  metrics.flush();
  expect(lines).toMatchObject([
    { OcrolusLatency: [12.5, 30], BooksPolled: 10, MessageRetried: 1, class: 'retry' },
  ]);
  const [{ _aws }] = lines as [{ _aws: { CloudWatchMetrics: { Metrics: { Unit: string }[] }[] } }];
  expect(_aws.CloudWatchMetrics.map(({ Metrics: [metric] }) => metric?.Unit)).toEqual([
    'Milliseconds',
    'Count',
    'Count',
  ]);
});

it('a metric with two values of a dimension needs a second line, which takes what fits', () => {
  const { lines, metrics } = open();
  metrics.count('DeliveryProcessed', { outcome: 'applied' });
  metrics.count('DeliveryProcessed', { outcome: 'unchanged' });
  metrics.count('DeliveryProcessed', { outcome: 'applied' });
  metrics.count('DeliveryProcessed', { outcome: 'unchanged' });
  metrics.flush();
  expect(lines).toMatchObject([
    { outcome: 'applied', DeliveryProcessed: 2 },
    { outcome: 'unchanged', DeliveryProcessed: 2 },
  ]);
});

// CloudWatch reads no more of a line.
it('has at most a hundred values of a metric in a line', () => {
  const { lines, metrics } = open();
  for (let n = 0; n < 250; n += 1) metrics.record('OcrolusLatency', n, 'Milliseconds', {});
  metrics.flush();
  const values = (lines as { OcrolusLatency: number[] }[]).map(({ OcrolusLatency }) => OcrolusLatency);
  expect(values.map(({ length }) => length)).toEqual([100, 100, 50]);
  expect(values.flat()).toEqual(Array.from({ length: 250 }, (_, n) => n));
});

it('an invocation that throws writes its metrics', async () => {
  const { lines, metrics } = open();
  const failing = withMetrics(metrics, async () => {
    metrics.count('PollerRun', {});
    throw new Error('later');
  });
  await expect(failing).rejects.toThrow('later');
  expect(lines).toMatchObject([{ PollerRun: 1 }]);
});

// CloudWatch drops a metric if the line lacks one of its dimensions.
it('each set of dimensions is a metric of its own, and each dimension has a value in the line', () => {
  const { lines, metrics } = open();
  metrics.count('UnrecognizedEvent', { reason: 'unknown-name' });
  metrics.count('DeliveryRefused', { reason: 'stale', statusCode: '401' });
  metrics.flush();
  const sets = (...Dimensions: string[][]) => ({ _aws: { CloudWatchMetrics: [{ Dimensions }] } });
  expect(lines).toMatchObject([
    { ...sets(['stage', 'reason'], ['stage']), stage: 'test', reason: 'unknown-name' },
    { ...sets(['stage', 'reason'], ['stage', 'statusCode']), reason: 'stale', statusCode: '401' },
  ]);
});

it('every metric is written somewhere, by its name', async () => {
  const written = new Set<string>();
  for (const folder of ['functions', 'shared']) {
    for await (const file of glob(`${folder}/**/*.ts`, { cwd: join(import.meta.dirname, '../../..') })) {
      const source = await readFile(join(import.meta.dirname, '../../..', file), 'utf8');
      for (const [, call = ''] of source.matchAll(/metrics\.(?:count|record)\(([^;]*?),/gs))
        for (const [, name = ''] of call.matchAll(/'(\w+)'/g)) written.add(name);
    }
  }
  expect(Object.keys(METRICS).filter((name) => !written.has(name))).toEqual([]);
});
