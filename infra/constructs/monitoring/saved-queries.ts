import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MonitoredResources } from './metrics.ts';

/** Maximum number of lines that CloudWatch shows. A delivery has about a dozen. */
const LIMIT = 10_000;

/** Saved queries in CloudWatch Logs Insights, over the logs of all functions and the access log. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, resources: MonitoredResources) {
    super(scope, id);
    const { settings, webhook, poller, accessLog, consumers, upkeep, publisher } = resources;
    const others = publisher === undefined ? [] : [publisher];
    const functions = [webhook, poller, ...consumers.values(), ...upkeep.values(), ...others];
    const everything = [...functions.map(({ logGroup }) => logGroup), accessLog];
    const query = (
      name: string,
      logGroups: ILogGroup[],
      queryString: ConstructorParameters<typeof QueryString>[0],
    ) =>
      new QueryDefinition(this, name, {
        queryDefinitionName: `ocrolus-${settings.stage}/${name}`,
        logGroups,
        queryString: new QueryString(queryString),
      });

    query('story of a delivery', everything, {
      fields: [
        '@timestamp, level, message, channel, eventName, attempts, outcome, reason, code, bookUuid, requestId, @log',
      ],
      // The access log has request ids only. The line "delivery queued" has both ids.
      filterStatements: ['deliveryId = "DELIVERY_ID" or requestId = "REQUEST_ID"'],
      sort: '@timestamp asc',
      limit: LIMIT,
    });
    query('story of a book', everything, {
      fields: ['@timestamp, level, message, channel, eventName, outcome, reason, code, deliveryId, @log'],
      filterStatements: ['bookUuid = "BOOK_UUID"'],
      sort: '@timestamp asc',
      limit: LIMIT,
    });
    query('refusals by reason', [webhook.logGroup, accessLog], {
      // `reason` is from the webhook. `error` is from API Gateway, for requests that it refused itself.
      fields: ['coalesce(reason, error, "-") as why', 'coalesce(statusCode, status) as answer'],
      filterStatements: [
        'message in ["refused", "not accepted"] or (status >= 400 and integrationStatus = "-")',
      ],
      statsStatements: [
        'count(*) as requests, min(@timestamp) as first, max(@timestamp) as last by why, answer',
      ],
      sort: 'requests desc',
    });
    query('failures by code', everything, {
      fields: ['channel', 'class', 'code'],
      filterStatements: ['message = "retry scheduled"'],
      statsStatements: [
        'count(*) as times, count_distinct(bookUuid) as books, max(@timestamp) as last by channel, class, code',
      ],
      sort: 'times desc',
    });
    query('stuck books', everything, {
      fields: ['@timestamp', 'message', 'bookUuid', 'status', 'since', 'kinds', 'kind', 'code'],
      filterStatements: ['message in ["book stuck", "results overdue", "result expired"]'],
      sort: '@timestamp desc',
      limit: LIMIT,
    });
    query('unreadable items', everything, {
      fields: ['@timestamp', 'message', 'bookUuid', 'docUuid', 'deliveryId', '@log'],
      filterStatements: ['message in ["item unreadable", "document unreadable"]'],
      sort: '@timestamp desc',
      limit: LIMIT,
    });
    query('rejected requests', everything, {
      fields: ['operation', 'code'],
      filterStatements: ['message = "request rejected"'],
      statsStatements: [
        'count(*) as times, count_distinct(bookUuid) as books, max(@timestamp) as last by operation, code',
      ],
      sort: 'times desc',
    });
    query('latency of Ocrolus', everything, {
      // The metric has no dimension, because each operation would be one more custom metric to pay for.
      fields: ['operation', 'ms'],
      filterStatements: ['message = "Ocrolus asked" and answer != "failed"'],
      statsStatements: ['count(*) as calls, pct(ms, 50) as median, pct(ms, 99) as slowest by operation'],
      sort: 'slowest desc',
    });
    query('deliveries by channel', everything, {
      fields: ['channel', 'outcome', 'delay'],
      filterStatements: ['message = "delivery processed"'],
      statsStatements: ['count(*) as processed, pct(delay, 99) as slowest by channel'],
      sort: 'processed desc',
    });
    query('unrecognized events', everything, {
      fields: ['@timestamp', 'eventName', 'reason', 'bookUuid', 'deliveryId'],
      filterStatements: ['message = "delivery processed" and outcome = "unrecognized"'],
      sort: '@timestamp desc',
      limit: LIMIT,
    });
  }
}
