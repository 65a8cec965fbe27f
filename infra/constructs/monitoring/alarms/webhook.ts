import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { FIVE_MINUTES, ownMetric } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

type WebhookAlarms = Pick<
  AlarmSet,
  | 'webhook-server-errors'
  | 'webhook-client-errors'
  | 'webhook-latency'
  | 'deliveries-refused'
  | 'deliveries-unsigned'
  | 'deliveries-unverified'
  | 'secret-missing'
>;

const HOUR = { period: Duration.hours(1) };

/** Whether what Ocrolus sends gets in, and nothing else does. */
export function webhookAlarms({ api, settings }: MonitoredResources): WebhookAlarms {
  const { stage, alarms } = settings;
  return {
    'webhook-server-errors': [
      {
        impact: 'Deliveries are not accepted; Ocrolus tries for ten minutes, and then they are lost.',
        firstStep:
          'Run the saved query "refusals by reason", and look for "not accepted" in the log of webhook.',
        metric: api.metricServerError({ statistic: Stats.SUM, period: FIVE_MINUTES }),
        threshold: alarms.webhookServerErrors,
        silence: 'fine',
      },
    ],
    'webhook-client-errors': [
      {
        impact: 'Requests are turned away: if they are deliveries of Ocrolus, these are lost.',
        firstStep:
          'Run the saved query "refusals by reason": it says whether API Gateway or the webhook refuses, and why.',
        metric: api.metricClientError({ statistic: Stats.SUM, period: FIVE_MINUTES }),
        threshold: alarms.webhookClientErrors,
        silence: 'fine',
      },
    ],
    'webhook-latency': [
      {
        impact:
          'Ocrolus gives up after 5 seconds and sends the delivery again; after the fourth try it is lost.',
        firstStep:
          'See on the dashboard whether the integration is slow (SQS, Secrets Manager) or starts are cold.',
        metric: api.metricLatency({ statistic: Stats.p(99), period: FIVE_MINUTES }),
        threshold: alarms.webhookLatencyMs,
        within: [2, 3],
        silence: 'fine',
      },
    ],
    'deliveries-refused': [
      {
        impact: 'Either deliveries of Ocrolus are refused and lost, or a third party is trying to get in.',
        firstStep:
          'Run the saved query "refusals by reason": signature-mismatch and stale are the two to tell apart.',
        metric: ownMetric(stage, 'DeliveryRefused', { statusCode: '401' }),
        threshold: alarms.refusals,
        silence: 'fine',
      },
    ],
    'deliveries-unsigned': [
      {
        impact:
          'Deliveries come unsigned although we have a secret: Ocrolus has lost it, and all are refused.',
        firstStep: `Compare what is registered: npm run -s ops -- registration --stage ${stage}.`,
        metric: ownMetric(stage, 'DeliveryRefused', { reason: 'unsigned' }, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
    'deliveries-unverified': [
      {
        impact: 'Deliveries are accepted without any proof: any client that reaches the URL can send events.',
        firstStep: `Set the webhook secret, then remove allowUnsigned from the settings of ${stage} and deploy.`,
        metric: ownMetric(stage, 'DeliveryAcceptedUnsigned', {}, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
    'secret-missing': [
      {
        impact: 'We have no secret to check deliveries with, so every one of them is refused and lost.',
        firstStep: `Look at the secret ocrolus/${stage}/<account>/webhook: "current" must not be empty.`,
        metric: ownMetric(stage, 'DeliveryRefused', { reason: 'nothing-configured' }, HOUR),
        threshold: 1,
        silence: 'fine',
      },
    ],
  };
}
