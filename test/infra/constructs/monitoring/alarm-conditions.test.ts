import { expect, test } from 'vitest';
import { CHANNELS } from '../../../../shared/events/channels.ts';
import { FULL } from '../../testing/settings.ts';
import { queueNamed, STAGE } from '../../testing/synthesized.ts';
import { metricsOf, monitored } from './alarms-of.ts';

/** The metric and the condition of each alarm are in test/infra/templates. */
const { template, alarms } = monitored(FULL);
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
