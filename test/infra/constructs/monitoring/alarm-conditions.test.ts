import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../../../../shared/events/channels.ts';
import { ALLOWLISTED } from '../../testing/settings.ts';
import { queueNamed, STAGE } from '../../testing/synthesized.ts';
import { metricsOf, monitored } from './alarms-of.ts';

/** The metric and the condition of each alarm are in test/infra/templates. */
const { template, alarms } = monitored({
  registration: { enabled: true, rotationDays: 90 },
  ingress: ALLOWLISTED,
  allowUnsigned: true,
  probeMinutes: 5,
});
const only = (name: string) => alarms.get(name);

test('every queue has an age that is an alarm', () => {
  const watched = [...metricsOf(only('queue-age-results')), ...metricsOf(only('queue-age-status'))];
  const ids = CHANNELS.map((channel) => queueNamed(template, `ocrolus-${STAGE}-${channel}`)[0]);
  const seen = watched.map(({ Dimensions }) => Dimensions[0].Value['Fn::GetAtt'][0]);
  expect(seen.sort()).toEqual(ids.sort());
});

test('missing data is an alarm only for what runs on a schedule, and keeps the alarm of a certificate', () => {
  const others = [...alarms].filter(([, { TreatMissingData }]) => TreatMissingData !== 'notBreaching');
  expect(Object.fromEntries(others.map(([name, { TreatMissingData }]) => [name, TreatMissingData]))).toEqual({
    'poller-silent': 'breaching',
    'probe-failing': 'breaching',
    'certificate-expiring': 'ignore',
  });
});

describe('settings', () => {
  test('a stage without load balancer and without rotation has no alarms of them', () => {
    const names = [...monitored({ registration: { enabled: true, url: 'https://x.example' } }).alarms.keys()];
    expect(names.filter((name) => /^ingress|^secret-age/.test(name))).toEqual([]);
  });

  test('a secret that is rotated in a stage that does not register has an alarm, too', () => {
    const upkeep = (settings: Parameters<typeof monitored>[0]) =>
      [...monitored(settings).alarms.keys()].filter((name) => name.startsWith('upkeep-errors'));
    expect(upkeep({ registration: { rotationDays: 30 } })).toEqual(['upkeep-errors-rotation']);
    expect(upkeep({})).toEqual([]);
  });

  test('leave a run of the poller five minutes', () => {
    expect(monitored({ poll: { minutes: 1 } }).alarms.get('poller-silent')).toMatchObject({
      Metrics: [{ Expression: 'FILL(m0, 0)' }, { MetricStat: { Period: 300 } }],
    });
  });
});
