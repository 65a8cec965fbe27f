import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { examineQueue } from '../../../../infra/ops/dead-letters/examine-queue.ts';

const URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/doc-verified-dlq';

/** SQS as far as its client shows it: emulators ignore how long it waits, and how long a message is held. */
function fakeSqs(...batches: readonly Message[][]) {
  const sent: { readonly command: object; readonly input: unknown }[] = [];
  const waiting = [...batches];
  class FakeClient extends SQSClient {
    override send = async (command: { readonly input: unknown }) => {
      sent.push({ command: command.constructor, input: command.input });
      return { Messages: command instanceof ReceiveMessageCommand ? waiting.shift() : undefined };
    };
  }
  return { sent, sqs: new FakeClient({ region: 'us-east-1' }) };
}

it('messages are held for ten minutes while the others are received, and visible again at once', async () => {
  const message = (id: string): Message => ({ MessageId: id, ReceiptHandle: `receipt-${id}`, Body: '{}' });
  const { sent, sqs } = fakeSqs([message('a'), message('b')], [message('c')]);
  expect(
    await examineQueue(
      sqs,
      URL,
      async () => 'stays',
      () => false,
    ),
  ).toBe(3);
  const receive = {
    command: ReceiveMessageCommand,
    input: {
      QueueUrl: URL,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
      // Long polling asks every server of SQS.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
    },
  };
  expect(sent).toEqual([
    receive,
    receive,
    receive,
    {
      command: ChangeMessageVisibilityBatchCommand,
      input: {
        QueueUrl: URL,
        Entries: ['a', 'b', 'c'].map((id, index) => ({
          Id: String(index),
          ReceiptHandle: `receipt-${id}`,
          VisibilityTimeout: 0,
        })),
      },
    },
  ]);
});
