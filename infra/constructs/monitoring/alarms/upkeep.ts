import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { FIVE_MINUTES, ownMetric } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

/** Secrets Manager rotates some time of the day, and tries again when that fails. */
const ROTATION_GRACE_DAYS = 2;

/** Whether what keeps the deployment registered and its secrets fresh does so. */
export function upkeepAlarms(
  resources: MonitoredResources,
): Pick<AlarmSet, 'registration-drift' | 'secret-age' | 'upkeep-errors'> {
  const { stage, registration } = resources.settings;
  const { enabled, rotationDays } = registration;
  return {
    'registration-drift': [
      {
        impact: 'Ocrolus is not registered as this deployment wants it: events may go elsewhere or nowhere.',
        firstStep: `npm run -s ops -- registration --stage ${stage} shows the difference.`,
        metric: ownMetric(
          stage,
          'RegistrationDrift',
          {},
          { statistic: Stats.MAXIMUM, period: Duration.days(1) },
        ),
        threshold: 1,
        silence: 'fine',
      },
    ],
    // Secrets do not expire by themselves: only where they are to be rotated can they be too old.
    'secret-age':
      enabled && rotationDays !== undefined
        ? [
            {
              impact: `A signing secret was not rotated after ${rotationDays} days, as this stage says it should be.`,
              firstStep: 'See why the function rotation fails: the alarm upkeep-errors, and its log.',
              metric: ownMetric(
                stage,
                'WebhookSecretAge',
                {},
                { statistic: Stats.MAXIMUM, period: Duration.days(1) },
              ),
              threshold: Duration.days(rotationDays + ROTATION_GRACE_DAYS).toSeconds(),
              silence: 'fine',
            },
          ]
        : [],
    'upkeep-errors': [...resources.upkeep].map(([name, lambda]) => ({
      of: name,
      impact: `The function ${name} fails: registration or secrets are not what they should be.`,
      firstStep: `Read the last error in the log of ${name}.`,
      metric: lambda.metricErrors({ period: FIVE_MINUTES }),
      threshold: 1,
      silence: 'fine' as const,
    })),
  };
}
