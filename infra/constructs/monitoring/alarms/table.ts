import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Operation } from 'aws-cdk-lib/aws-dynamodb';
import { DUE_INDEX } from '../../../../shared/store/keys.ts';
import type { AlarmSet } from '../alarm-definition.ts';
import { combined, FIVE_MINUTES } from '../metrics.ts';
import type { MonitoredResources } from '../monitored-resources.ts';

/** Operations of the functions on the table. Deletions are rare, and each metric costs. */
const OPERATIONS = [Operation.GET_ITEM, Operation.QUERY, Operation.PUT_ITEM, Operation.UPDATE_ITEM];

/** Alarms for requests that DynamoDB does not serve. */
export function tableAlarms({
  table,
}: MonitoredResources): Pick<AlarmSet, 'table-throttles' | 'table-errors'> {
  const metric = (metricName: string, more: Record<string, string>): IMetric =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName, ...more },
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
    });
  const throttles = ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((name) => [
    metric(name, {}),
    metric(name, { GlobalSecondaryIndexName: DUE_INDEX }),
  ]);
  const errors = OPERATIONS.map((operation) => metric('SystemErrors', { Operation: operation }));
  return {
    'table-throttles': [
      {
        impact:
          'DynamoDB throttles requests: deliveries are retried and late, and become dead letters after hours.',
        firstStep: 'Look for a book with very many documents: a partition allows 1,000 writes a second.',
        metric: combined('SUM', throttles, 'throttled'),
        // An on-demand table throttles briefly when traffic doubles; the SDK retries.
        threshold: 10,
        within: [2, 3],
        missingData: 'fine',
      },
    ],
    'table-errors': [
      {
        impact: 'DynamoDB fails, so deliveries are late until it has recovered.',
        firstStep:
          'Check the AWS Health dashboard for DynamoDB in this region. For some hours, nothing is lost.',
        metric: combined('SUM', errors, 'failed'),
        threshold: 5,
        within: [2, 3],
        missingData: 'fine',
      },
    ],
  };
}
