import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { Target } from '../target/target.ts';

type Queues = Target['queues'];

const PERIOD_SECONDS = 60;

/** CloudWatch publishes the age some minutes late. */
const WINDOW_SECONDS = 15 * 60;

/** Maximum number of metrics in one request (AWS: GetMetricData). */
const MOST_METRICS = 500;

/**
 * Reads ages from CloudWatch: 24 metrics cost about 0.0003 USD. A queue that was idle for hours has no data. The
 * latest value is used, not the largest: an operator acts on messages that wait now, and a larger value may be of a
 * message processed since, which the alarm `queue-age` has reported.
 */
export async function readStageAges(
  queues: Queues,
  client: Pick<CloudWatchClient, 'send'>,
  now: number,
): Promise<Map<string, number>> {
  const urls = urlsOf(queues).slice(0, MOST_METRICS);
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - WINDOW_SECONDS * 1000),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: urls.map((url, index) => ({
        Id: `q${index}`,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateAgeOfOldestMessage',
            Dimensions: [{ Name: 'QueueName', Value: queueName(url) }],
          },
          Period: PERIOD_SECONDS,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  const ages = new Map<string, number>();
  for (const { Id, Values: [latest] = [] } of MetricDataResults) {
    const url = urls[Number(Id?.slice(1))];
    if (url !== undefined && latest !== undefined) ages.set(url, latest);
  }
  return ages;
}

const Sent = z.object({ sentTimestamp: z.number() });

/** What the emulator shows of a queue (fauxqs: queue inspection). */
const Inspected = z.object({
  messages: z.object({
    ready: z.array(Sent),
    delayed: z.array(Sent),
    inflight: z.array(z.object({ message: Sent })),
  }),
});

/** Reads ages from the emulator, which shows the messages of a queue without receiving them, as SQS cannot. @param endpoint the emulator's. */
export async function readLocalAges(
  queues: Queues,
  endpoint: string,
  now: number,
): Promise<Map<string, number>> {
  const ages = new Map<string, number>();
  await Promise.all(
    urlsOf(queues).map(async (url) => {
      const answer = await fetch(new URL(`/_fauxqs/queues/${encodeURIComponent(queueName(url))}`, endpoint));
      if (!answer.ok) throw new Error(`the queues answered ${answer.status}`);
      const { ready, delayed, inflight } = Inspected.parse(await answer.json()).messages;
      const messages = [...ready, ...delayed, ...inflight.map(({ message }) => message)];
      const oldest = Math.min(...messages.map(({ sentTimestamp }) => sentTimestamp));
      if (messages.length > 0) ages.set(url, Math.max(0, Math.round((now - oldest) / 1000)));
    }),
  );
  return ages;
}

function urlsOf(queues: Queues): string[] {
  return Object.values(queues).flatMap(({ url, dlqUrl }) => (dlqUrl === null ? [url] : [url, dlqUrl]));
}

function queueName(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
}
