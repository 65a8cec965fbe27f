import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric, FIVE_MINUTES, type MonitoredResources } from '../metrics.ts';

/** Secrets Manager rotates at any time of the day, and retries failures. */
const ROTATION_GRACE_DAYS = 2;

const DAY = { statistic: Stats.MAXIMUM, period: Duration.days(1) };

export function upkeepAlarms({ settings, upkeep }: MonitoredResources) {
  const { stage, registration } = settings;
  const { enabled, rotationDays } = registration;
  // Secrets Manager rotates also where nothing registers or checks by itself. An operator who registers sees the outcome.
  const unattended = [...upkeep].filter(
    ([name]) => enabled || (name === 'rotation' && rotationDays !== undefined),
  );
  return {
    'registration-drift': enabled
      ? {
          impact: 'The webhook is not registered as the settings say: events may go elsewhere or nowhere.',
          firstStep: `Run npm run -s ops -- registration --stage ${stage}, which shows the difference.`,
          metric: customMetric(stage, 'RegistrationDrift', {}, DAY),
        }
      : [],
    // A secret does not expire. It can be too old only if a stage rotates it. The daily check measures its age.
    'secret-age':
      enabled && rotationDays !== undefined
        ? {
            impact: `A signing secret was not rotated after the ${rotationDays} days that the settings require.`,
            firstStep: 'Find out why the function rotation fails: see its log, and the alarm upkeep-errors.',
            metric: customMetric(stage, 'WebhookSecretAge', {}, DAY),
            threshold: Duration.days(rotationDays + ROTATION_GRACE_DAYS).toSeconds(),
          }
        : [],
    'upkeep-errors': unattended.map(([name, lambda]) => ({
      of: name,
      impact: `The function ${name} fails: the registration or the secrets may be wrong or outdated.`,
      firstStep: `Read the last error in the log of ${name}.`,
      metric: lambda.metricErrors({ period: FIVE_MINUTES }),
    })),
  } satisfies Partial<AlarmSet>;
}
