import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMetrics, METRIC_NAMESPACE, METRICS } from '../../../shared/telemetry/metrics.ts';

function open() {
  const lines: unknown[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { lines, metrics: createMetrics({ stage: 'test', write, now: () => 1_769_905_740_000 }) };
}

it('a count is a line in the embedded metric format, with the stage as a dimension', () => {
  const { lines, metrics } = open();
  metrics.count('DeliveryQueued', { channel: 'book-verified' });
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: 1_769_905_740_000,
        CloudWatchMetrics: [
          {
            Namespace: METRIC_NAMESPACE,
            Dimensions: [['stage']],
            Metrics: [{ Name: 'DeliveryQueued', Unit: 'Count' }],
          },
        ],
      },
      stage: 'test',
      channel: 'book-verified',
      DeliveryQueued: 1,
    },
  ]);
});

it('a value has its unit, and a count may be of several, or of none', () => {
  const { lines, metrics } = open();
  metrics.record('OcrolusLatency', 12.5, 'Milliseconds', { operation: 'book-status' });
  metrics.count('BooksPolled', {}, 7);
  metrics.count('BooksPolled', {}, 0);
  const Metrics = [{ Name: 'OcrolusLatency', Unit: 'Milliseconds' }];
  const latency = {
    operation: 'book-status',
    OcrolusLatency: 12.5,
    _aws: { CloudWatchMetrics: [{ Metrics }] },
  };
  expect(lines).toMatchObject([latency, { BooksPolled: 7 }, { BooksPolled: 0 }]);
});

// CloudWatch drops a metric if the line lacks one of its dimensions.
it('each set of dimensions is a metric of its own, and each dimension has a value in the line', () => {
  const { lines, metrics } = open();
  metrics.count('UnrecognizedEvent', { reason: 'unknown-name' });
  metrics.count('MessageRetried', { class: 'retry' });
  metrics.count('DeliveryRefused', { reason: 'stale', statusCode: '401' });
  const sets = (...Dimensions: string[][]) => ({ _aws: { CloudWatchMetrics: [{ Dimensions }] } });
  expect(lines).toMatchObject([
    { ...sets(['stage', 'reason'], ['stage']), stage: 'test', reason: 'unknown-name' },
    { ...sets(['stage', 'class']), class: 'retry' },
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
