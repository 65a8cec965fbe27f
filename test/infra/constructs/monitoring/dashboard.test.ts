import { expect, test } from 'vitest';
import { METRIC_NAMESPACE, METRICS } from '../../../../shared/telemetry/metrics.ts';
import { resolve } from '../../testing/resolved.ts';
import { FULL } from '../../testing/settings.ts';
import { onlyResource, type Resource, synthesizeStack } from '../../testing/synthesized.ts';

const template = synthesizeStack(FULL);
const [, { Properties }] = onlyResource(template, 'AWS::CloudWatch::Dashboard');
const body = resolve(Properties.DashboardBody, (reference) => String(Object.values(reference).flat()[0]));
const widgets: Resource[] = JSON.parse(body).widgets;
const graphs = widgets.filter(({ type }) => type === 'metric');

/** Every custom metric on the dashboard: its name, and the names of its dimensions. */
function customMetrics(): [string, string[]][] {
  const metrics: unknown[][] = graphs.flatMap(({ properties }) => properties.metrics ?? []);
  return metrics.flatMap(([namespace, name, ...more]): [string, string[]][] => {
    if (typeof namespace === 'object' && namespace !== null && 'expression' in namespace) {
      const search = /\{OcrolusWebhooks,([\w,]+)\} MetricName="(\w+)" stage="test"/;
      const [, dimensions = '', found = ''] = search.exec(String(namespace.expression)) ?? [];
      return [[found, dimensions.split(',')]];
    }
    if (namespace !== METRIC_NAMESPACE) return [];
    const words = more.filter((word) => typeof word === 'string');
    return [[String(name), words.filter((_, position) => position % 2 === 0)]];
  });
}

test('uses custom metrics with names and dimensions that the functions write', () => {
  const shown = customMetrics();
  expect(shown.length).toBeGreaterThan(20);
  for (const [name, dimensions] of shown) {
    const sets = Object.entries(METRICS).find(([known]) => known === name)?.[1] ?? [];
    expect(
      sets.map((set) => ['stage', ...set].sort()),
      name,
    ).toContainEqual(dimensions.toSorted());
  }
});

test('shows every custom metric, except those of which an alarm is enough', () => {
  const shown = new Set(customMetrics().map(([name]) => name));
  const missing = Object.keys(METRICS).filter((name) => !shown.has(name));
  expect(missing).toEqual([
    'ProbeAccepted',
    'DeliveryAcceptedUnsigned',
    'UnrecognizedEvent',
    'WebhookSecretAge',
  ]);
});
