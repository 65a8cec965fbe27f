import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { enqueue } from '../../../functions/webhook/enqueue.ts';
import { serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import { type AwsServer, startAwsServer } from '../../shared/testing/aws-server.ts';
import { envelope } from './testing/envelope.ts';

/** Checks the bytes that SQS receives: emulators ignore the group of a message in a standard queue. */
describe('a message to SQS', () => {
  let sqs: AwsServer;
  const isDown = false;
  let send: typeof enqueue;
  beforeAll(async () => {
    sqs = await startAwsServer(({ body }) => {
      if (isDown) return { status: 503, body: '{}' };
      const { MessageBody } = JSON.parse(String(body));
      // The SDK compares it with what it sent.
      const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
      return { status: 200, body: JSON.stringify({ MessageId: 'm', MD5OfMessageBody }) };
    });
    send = (await import('../../../functions/webhook/enqueue.ts')).enqueue;
  });
  afterAll(() => sqs.close());
  const queueUrl = () => `${sqs.url}/000000000000/book-verified`;

  it('has the envelope, the group of its book, and nothing else', async () => {
    await send(queueUrl(), envelope);
    expect(sqs.received).toHaveLength(1);
    expect(sqs.received[0]?.headers['x-amz-target']).toBe('AmazonSQS.SendMessage');
    expect(JSON.parse(String(sqs.received[0]?.body))).toEqual({
      QueueUrl: queueUrl(),
      MessageBody: serialiseEnvelope(envelope),
      MessageGroupId: '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f',
    });
  });
});
