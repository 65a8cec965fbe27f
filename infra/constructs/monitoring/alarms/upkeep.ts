import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric, FIVE_MINUTES } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

/** Secrets Manager rotates at any time of the day, and retries failures. */
const ROTATION_GRACE_DAYS = 2;

/** Alarms for registration and rotation. */
export function upkeepAlarms(
  resources: MonitoredResources,
): Pick<AlarmSet, 'registration-drift' | 'secret-age' | 'upkeep-errors'> {
  const { stage, registration } = resources.settings;
  const { enabled, rotationDays } = registration;
  return {
    'registration-drift': [
      {
        impact: 'The webhook is not registered as the settings say: events may go elsewhere or nowhere.',
        firstStep: `Run npm run -s ops -- registration --stage ${stage}, which shows the difference.`,
        metric: customMetric(
          stage,
          'RegistrationDrift',
          {},
          { statistic: Stats.MAXIMUM, period: Duration.days(1) },
        ),
        threshold: 1,
        missingData: 'fine',
      },
    ],
    // A secret does not expire. It can be too old only if a stage rotates it.
    'secret-age':
      enabled && rotationDays !== undefined
        ? [
            {
              impact: `A signing secret was not rotated after the ${rotationDays} days that the settings require.`,
              firstStep:
                'Find out why the function rotation fails: see its log, and the alarm upkeep-errors.',
              metric: customMetric(
                stage,
                'WebhookSecretAge',
                {},
                { statistic: Stats.MAXIMUM, period: Duration.days(1) },
              ),
              threshold: Duration.days(rotationDays + ROTATION_GRACE_DAYS).toSeconds(),
              missingData: 'fine',
            },
          ]
        : [],
    'upkeep-errors': [...resources.upkeep].map(([name, lambda]) => ({
      of: name,
      impact: `The function ${name} fails: the registration or the secrets may be wrong or outdated.`,
      firstStep: `Read the last error in the log of ${name}.`,
      metric: lambda.metricErrors({ period: FIVE_MINUTES }),
      threshold: 1,
      missingData: 'fine' as const,
    })),
  };
}
