import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { AlarmSet } from '../alarm-definition.ts';
import { FIVE_MINUTES } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

/** Alarms for a load balancer, if there is one, that does not reach the endpoint. */
export function ingressAlarms({
  loadBalancer,
}: MonitoredResources): Pick<AlarmSet, 'ingress-unhealthy' | 'ingress-errors'> {
  if (loadBalancer === undefined) return { 'ingress-unhealthy': [], 'ingress-errors': [] };
  const { balancer, targets } = loadBalancer;
  return {
    'ingress-unhealthy': [
      {
        impact:
          'The endpoint does not answer in at least one zone. If it answers in none, no webhook arrives.',
        firstStep: 'Compare the targets of the load balancer with the addresses of the endpoint.',
        metric: targets.metrics.unhealthyHostCount({ statistic: Stats.MAXIMUM, period: FIVE_MINUTES }),
        threshold: 1,
        within: [2, 2],
        missingData: 'fine',
      },
    ],
    'ingress-errors': [
      {
        impact: 'The load balancer itself answers 5xx, so Ocrolus retries, and gives up after ten minutes.',
        firstStep: 'Find in its access log what it could not reach, and since when.',
        metric: balancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, {
          statistic: Stats.SUM,
          period: FIVE_MINUTES,
        }),
        threshold: 1,
        within: [2, 3],
        missingData: 'fine',
      },
    ],
  };
}
