import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb, HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type AlarmSet, EXPIRING_DAYS } from '../alarm-definition.ts';
import { customMetric, FIVE_MINUTES, filled, type MonitoredResources } from '../metrics.ts';

const SUM = { statistic: Stats.SUM, period: FIVE_MINUTES };

/** Alarms for the way from Ocrolus to the API. */
export function ingressAlarms(resources: MonitoredResources) {
  return { ...balancerAlarms(resources), ...probeAlarms(resources), ...certificateAlarms(resources) };
}

/** Alarms for a load balancer, if there is one, that does not reach the endpoint. */
function balancerAlarms({ loadBalancer, settings }: MonitoredResources) {
  if (loadBalancer === undefined)
    return { 'ingress-unhealthy': [], 'ingress-errors': [], 'ingress-refusals': [] };
  const { balancer, targets } = loadBalancer;
  return {
    'ingress-unhealthy': {
      impact: 'The endpoint does not answer in at least one zone. If it answers in none, no webhook arrives.',
      firstStep: 'Compare the targets of the load balancer with the addresses of the endpoint.',
      metric: targets.metrics.unhealthyHostCount({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
      within: [2, 2],
    },
    'ingress-errors': {
      impact: 'The load balancer itself answers 5xx, so Ocrolus retries, and gives up after ten minutes.',
      firstStep: 'Find in its access log what it could not reach, and since when.',
      metric: balancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, SUM),
      within: [2, 3],
    },
    // The endpoint answers 403 to a host name that it does not know. The API does not count that.
    'ingress-refusals': {
      impact: 'What the load balancer forwards is refused: by the endpoint, the API or the webhook.',
      firstStep:
        'Is webhook-client-errors on too? If not, the endpoint does not know the host name: check the domain name in API Gateway.',
      metric: targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_4XX_COUNT, SUM),
      threshold: settings.alarms.webhookClientErrors,
    },
  } satisfies Partial<AlarmSet>;
}

/** Alarm for a stage whose own pings are not accepted. */
function probeAlarms({ settings: { stage, probeMinutes } }: MonitoredResources) {
  if (probeMinutes === undefined) return { 'probe-failing': [] };
  return {
    'probe-failing': {
      impact: 'A signed ping through the endpoint is not accepted, so neither are deliveries: they are lost.',
      firstStep:
        'Read the end of the log of registration: "probe not accepted" has the status of the answer.',
      // Two minutes for a schedule that starts up to a minute late, and for CloudWatch, which has the metric later still:
      // otherwise a single ping that fails would be enough.
      metric: filled(
        customMetric(stage, 'ProbeAccepted', {}, { period: Duration.minutes(2 * probeMinutes + 2) }),
      ),
      below: true,
      missingData: 'alarming',
    },
  } satisfies Partial<AlarmSet>;
}

/** Alarm for the certificate of the host name. */
function certificateAlarms({ settings: { ingress } }: MonitoredResources) {
  if (ingress.kind !== 'allowlisted') return { 'certificate-expiring': [] };
  return {
    'certificate-expiring': {
      impact: `The certificate of ${ingress.hostName} expires in less than ${EXPIRING_DAYS} days. Then, no webhook arrives.`,
      firstStep: 'Find out in ACM why it is not renewed; often the DNS record that validates it is gone.',
      metric: new Metric({
        namespace: 'AWS/CertificateManager',
        metricName: 'DaysToExpiry',
        dimensionsMap: { CertificateArn: ingress.certificateArn },
        statistic: Stats.MINIMUM,
        period: Duration.days(1),
      }),
      below: true,
      threshold: EXPIRING_DAYS,
      // ACM writes it once a day at least, and not any more once the certificate has expired.
      missingData: 'unchanged',
    },
  } satisfies Partial<AlarmSet>;
}
