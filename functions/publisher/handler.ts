import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DynamoDBStreamHandler } from 'aws-lambda';
import { readSettings } from '../../shared/settings.ts';
import { createLog } from '../../shared/telemetry/log.ts';
import { createMetrics, withMetrics } from '../../shared/telemetry/metrics.ts';
import { type PublisherDependencies, publish } from './publish.ts';
import { PublisherSettings } from './settings.ts';

let dependencies: PublisherDependencies | undefined;

/** Publishes changes of the table's stream. Lambda repeats what fails for a day (docs/decisions/0033). */
export const handler: DynamoDBStreamHandler = ({ Records }) => {
  dependencies ??= openPublisher();
  const opened = dependencies;
  return withMetrics(opened.metrics, () => publish(Records, opened));
};

function openPublisher(): PublisherDependencies {
  const { STAGE: stage, LOG_LEVEL: level, BUS_ARN: bus } = readSettings(PublisherSettings);
  const client = new EventBridgeClient({
    maxAttempts: 5,
    requestHandler: { requestTimeout: 3000, throwOnRequestTimeout: true, connectionTimeout: 1000 },
  });
  return {
    stage,
    bus,
    put: (Entries) => client.send(new PutEventsCommand({ Entries })),
    log: createLog({ level, fields: { stage } }),
    metrics: createMetrics({ stage }),
  };
}
