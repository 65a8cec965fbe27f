import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { queuesCommand } from '../../infra/ops/commands/queues.ts';
import { fakeTarget, runOps } from './fake-target.ts';
import { startHttpServer } from './http-server.ts';

/** SQS's counts of each queue: visible, in flight, delayed. */
const COUNTS: Readonly<Record<string, [number, number, number]>> = {
  'book-verified': [12, 3, 4],
  'book-verified-dlq': [1, 2, 5],
  income: [0, 0, 0],
};
const Asked = z.object({ QueueUrl: z.string() });

let server: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  server = await startHttpServer(({ body }) => {
    const name = Asked.parse(JSON.parse(body.toString())).QueueUrl.split('/').at(-1) ?? '';
    const [visible, inFlight, delayed] = COUNTS[name] ?? [];
    const Attributes = {
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
    };
    return { status: 200, body: JSON.stringify({ Attributes }) };
  });
});
afterAll(() => server.close());

it('every queue and its DLQ are counted', async () => {
  const target = fakeTarget({
    sqs: new SQSClient({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    }),
    queues: {
      'book-verified': {
        url: `${server.url}/1/book-verified`,
        dlqUrl: `${server.url}/1/book-verified-dlq`,
      },
      income: { url: `${server.url}/1/income`, dlqUrl: null },
    },
    // CloudWatch still has an age for the empty queue.
    queueAges: async () =>
      new Map([
        [`${server.url}/1/book-verified`, 75],
        [`${server.url}/1/income`, 900],
      ]),
  });
  expect(await runOps(queuesCommand, target)).toEqual({
    document: [
      {
        channel: 'book-verified',
        visible: 12,
        inFlight: 3,
        delayed: 4,
        dlq: 8,
        ageSeconds: 75,
        dlqAgeSeconds: null,
      },
      {
        channel: 'income',
        visible: 0,
        inFlight: 0,
        delayed: 0,
        dlq: 0,
        ageSeconds: null,
        dlqAgeSeconds: null,
      },
    ],
    text: [
      'CHANNEL        VISIBLE  IN FLIGHT  DELAYED  DLQ  AGE S  OLDEST DLQ',
      'book-verified  12       3          4        8    75     -',
      'income         0        0          0        0    -      -',
    ].join('\n'),
  });
});
