import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { Target } from './target.ts';

type Queues = Target['queues'];

const PERIOD_SECONDS = 60;

/** CloudWatch has the age some minutes late. */
const WINDOW_SECONDS = 15 * 60;

/** Of one request (AWS: GetMetricData). */
const MOST_METRICS = 500;

/** From CloudWatch: 24 metrics are about 0.0003 USD. A queue that was idle for hours has no data. */
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
            Dimensions: [{ Name: 'QueueName', Value: nameOf(url) }],
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

const Held = z.object({ sentTimestamp: z.number() });
const QueueState = z.object({
  messages: z.object({
    ready: z.array(Held),
    delayed: z.array(Held),
    inflight: z.array(z.object({ message: Held })),
  }),
});

/** From the emulator, which shows what a queue holds. @param endpoint the emulator's. */
export async function readLocalAges(
  queues: Queues,
  endpoint: string,
  now: number,
): Promise<Map<string, number>> {
  const ages = new Map<string, number>();
  await Promise.all(
    urlsOf(queues).map(async (url) => {
      const answer = await fetch(new URL(`/_fauxqs/queues/${nameOf(url)}`, endpoint));
      if (!answer.ok) return;
      const { ready, delayed, inflight } = QueueState.parse(await answer.json()).messages;
      const sent = [...ready, ...delayed, ...inflight.map(({ message }) => message)];
      if (sent.length === 0) return;
      const oldest = Math.min(...sent.map(({ sentTimestamp }) => sentTimestamp));
      ages.set(url, Math.max(0, Math.round((now - oldest) / 1000)));
    }),
  );
  return ages;
}

function urlsOf(queues: Queues): string[] {
  return Object.values(queues).flatMap(({ url, dlqUrl }) => (dlqUrl === null ? [url] : [url, dlqUrl]));
}

function nameOf(queueUrl: string): string {
  return queueUrl.split('/').at(-1) ?? '';
}
