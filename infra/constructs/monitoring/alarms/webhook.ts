import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSet } from '../alarm-definition.ts';
import { customMetric, FIVE_MINUTES, HOUR, type MonitoredResources } from '../metrics.ts';

/** Three of the four attempts of one delivery, about three minutes apart, are within this time (docs/ocrolus.md#retries). */
const RETRIES = Duration.minutes(10);

/** Alarms for deliveries of Ocrolus that are refused, and for others that are accepted. */
export function webhookAlarms({ api, settings }: MonitoredResources) {
  const { stage, alarms } = settings;
  return {
    'webhook-server-errors': {
      impact: 'Deliveries are not accepted. Ocrolus retries for ten minutes; then they are lost.',
      firstStep:
        'Run the saved query "refusals by reason", and search the log of webhook for "not accepted".',
      metric: api.metricServerError({ statistic: Stats.SUM, period: RETRIES }),
      threshold: alarms.webhookServerErrors,
    },
    'webhook-client-errors': {
      impact: 'Requests are refused. Those that are deliveries of Ocrolus are lost.',
      firstStep:
        'Run the saved query "refusals by reason", which shows whether API Gateway or the webhook refuses, and why.',
      metric: api.metricClientError({ statistic: Stats.SUM, period: FIVE_MINUTES }),
      threshold: alarms.webhookClientErrors,
    },
    'webhook-latency': {
      impact: 'Ocrolus times out after 5 seconds and retries; after the fourth attempt the delivery is lost.',
      firstStep:
        'Check in the access log whether the function is slow: integrationLatencyMs is its share of latencyMs.',
      metric: api.metricLatency({ statistic: Stats.p(99), period: FIVE_MINUTES }),
      threshold: alarms.webhookLatencyMs,
      within: [2, 3],
    },
    'deliveries-refused': {
      impact: 'Either deliveries of Ocrolus are refused and lost, or a third party sends requests.',
      firstStep:
        'Run the saved query "refusals by reason": is it signature-mismatch or stale? The runbook has both.',
      metric: customMetric(stage, 'DeliveryRefused', { statusCode: '401' }),
      threshold: alarms.refusals,
    },
    'deliveries-unsigned': {
      impact:
        'Deliveries arrive unsigned although a secret is set: Ocrolus has lost it, and all are refused.',
      firstStep: `Check the registration: npm run -s ops -- registration --stage ${stage}.`,
      metric: customMetric(stage, 'DeliveryRefused', { reason: 'unsigned' }, HOUR),
    },
    'deliveries-unverified': settings.allowUnsigned
      ? {
          impact: 'Deliveries are accepted unsigned: any client that reaches the URL can send events.',
          firstStep: `Set the webhook secret, then remove allowUnsigned from the settings of ${stage} and deploy.`,
          metric: customMetric(stage, 'DeliveryAcceptedUnsigned', {}, HOUR),
        }
      : [],
    'secret-missing': {
      impact: 'No secret is set to verify deliveries with, so every delivery is refused and lost.',
      firstStep: `Check the secret ocrolus/${stage}/<account>/webhook: "current" must not be empty.`,
      metric: customMetric(stage, 'DeliveryRefused', { reason: 'nothing-configured' }, HOUR),
    },
  } satisfies Partial<AlarmSet>;
}
