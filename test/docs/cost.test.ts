import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { BUSY_METRICS, IDLE_METRICS } from '../../infra/docs/cost/assumptions.ts';
import { costDocument } from '../../infra/docs/cost/document.ts';
import { idleCost, sum, trafficCost } from '../../infra/docs/cost/monthly-cost.ts';
import { PRICES } from '../../infra/docs/cost/prices.ts';
import { METRICS } from '../../shared/telemetry/metrics.ts';
import { pricedStages } from '../infra/testing/cost-stages.ts';

const stages = pricedStages();

describe('docs/cost.md', () => {
  it('is what templates, prices and assumptions say (else: npm run costs)', () => {
    const written = readFileSync(join(import.meta.dirname, '../../docs/cost.md'), 'utf8');
    expect(written).toBe(costDocument(stages));
  });
});

test.each(stages.map((stage) => [stage.name, stage] as const))(
  'an idle stage costs no more than it should: %s',
  (_, { template, target }) => {
    expect(sum(idleCost(template))).toBeLessThanOrEqual(target);
  },
);

test('what is taken away or added is paid for', () => {
  const [{ template }] = stages;
  const alarms = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
  );
  const Resources = Object.fromEntries(
    Object.entries(template.Resources).filter(([id]) => id !== alarms[0]?.[0]),
  );
  expect(sum(idleCost(template)) - sum(idleCost({ Resources }))).toBeCloseTo(PRICES.alarmMetric.usd);
});

test('a busy stage writes at most twenty metrics, and an idle one its heartbeat', () => {
  const series = Object.values(BUSY_METRICS).reduce((total: number, each) => total + each, 0);
  expect(series).toBeLessThanOrEqual(20);
  for (const name of [...IDLE_METRICS, ...Object.keys(BUSY_METRICS)]) expect(METRICS).toHaveProperty(name);
});

test('metrics that are written in every hour have no dimension with more values than are counted', () => {
  for (const [name, series] of Object.entries(BUSY_METRICS)) {
    const sets = Object.entries(METRICS).find(([known]) => known === name)?.[1] ?? [];
    if (series === 1) expect(sets, name).toEqual([[]]);
  }
});

test('a million deliveries cost no more than they should', () => {
  expect(sum(trafficCost(2_000_000)) - sum(trafficCost(1_000_000))).toBeLessThanOrEqual(24.5);
});

test('every price has a page of AWS and a month', () => {
  for (const [name, { source, asOf }] of Object.entries(PRICES)) {
    expect(source, name).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(asOf, name).toMatch(/^20\d\d-\d\d$/);
  }
});
