import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import type { SettingsInput } from '../../../infra/config/settings.ts';
import { withStack } from '../testing/synthesized.ts';

const warningsOf = (settings: Omit<SettingsInput, 'stage'>) =>
  withStack({ stage: 'test', ...settings }, (stack) =>
    Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('Alarms have no recipient')),
  ).map(({ entry }) => String(entry.data));

test('a stage that retains its data and notifies no one causes a warning at synth, with the settings to set', () => {
  for (const alarms of [{}, { enabled: false }]) {
    const [warning, ...more] = warningsOf({ alarms });
    expect(warning).toMatch(/alarms\.emails or alarms\.topicArn/);
    expect(more).toEqual([]);
  }
});

test.each<[string, Omit<SettingsInput, 'stage'>]>([
  ['mails', { alarms: { emails: ['operations@example.com'] } }],
  ['a topic', { alarms: { topicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' } }],
  ['nothing to lose', { removalPolicy: 'destroy' }],
])('a stage with %s is not', (_, settings) => {
  expect(warningsOf(settings)).toEqual([]);
});
