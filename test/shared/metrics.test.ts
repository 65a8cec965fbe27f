import { expect, it } from 'vitest';
import { createMetrics, METRIC_NAMESPACE } from '../../shared/telemetry/metrics.ts';

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
            Dimensions: [['stage', 'channel']],
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

it('every dimension that is named has a value in the line: CloudWatch drops the metric otherwise', () => {
  const { lines, metrics } = open();
  metrics.record('OcrolusLatency', 12.5, 'Milliseconds', { operation: 'book-status' });
  expect(lines).toMatchObject([
    {
      stage: 'test',
      operation: 'book-status',
      OcrolusLatency: 12.5,
      _aws: {
        CloudWatchMetrics: [
          {
            Dimensions: [['stage', 'operation']],
            Metrics: [{ Name: 'OcrolusLatency', Unit: 'Milliseconds' }],
          },
        ],
      },
    },
  ]);
});

it('a count may be of several, or of none', () => {
  const { lines, metrics } = open();
  metrics.count('Recovered', {}, 7);
  metrics.count('Recovered', {}, 0);
  expect(lines).toMatchObject([{ Recovered: 7 }, { Recovered: 0 }]);
});
