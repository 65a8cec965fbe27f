import { expect, test } from 'vitest';
import { resources } from '../../testing/synthesized.ts';
import { monitored } from '../monitoring/alarms-of.ts';

const namesWith = (settings: Parameters<typeof monitored>[0]) => [...monitored(settings).alarms.keys()];

test('a stage without load balancer and without rotation has no alarms of them', () => {
  const names = namesWith({
    registration: { enabled: true, url: 'https://hooks.example.com', encoding: 'json' },
  });
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => /^ingress|^secret-age/.test(name))).toEqual([]);
});

test('a secret that is rotated in a stage that does not register has an alarm, too', () => {
  const upkeep = (settings: Parameters<typeof monitored>[0]) =>
    namesWith(settings).filter((name) => name.startsWith('upkeep-errors'));
  expect(upkeep({ registration: { rotationDays: 30 } })).toEqual(['upkeep-errors-rotation']);
  expect(upkeep({})).toEqual([]);
});

test('the alarm on a silent poller leaves a run five minutes', () => {
  expect(monitored({ poll: { minutes: 1 } }).alarms.get('poller-silent')).toMatchObject({
    Metrics: [{ Expression: 'FILL(m0, 0)' }, { MetricStat: { Period: 300 } }],
  });
});

test('a stage without alarms has no topic, but its dashboard and queries', () => {
  const { template, alarms } = monitored({ alarms: { enabled: false }, dashboard: true });
  expect(alarms.size).toBe(0);
  for (const type of ['AWS::CloudWatch::CompositeAlarm', 'AWS::SNS::Topic'])
    template.resourceCountIs(type, 0);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  expect(resources(template, 'AWS::Logs::QueryDefinition').length).toBeGreaterThan(0);
});
