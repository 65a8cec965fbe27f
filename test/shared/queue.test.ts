import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { BATCH_ENTRIES, openQueue } from '../../shared/queue.ts';

const URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/queue';

/** SQS as far as its client shows it: what it is asked, and what it answers. Emulators ignore half of the attributes. */
function fakeSqs(answer: object = {}) {
  const sent: { readonly command: object; readonly input: unknown }[] = [];
  class FakeClient extends SQSClient {
    override send = async (command: { readonly input: unknown }) => {
      sent.push({ command: command.constructor, input: command.input });
      return answer;
    };
  }
  return { sent, queue: openQueue(new FakeClient({ region: 'us-east-1' })) };
}

describe('a message', () => {
  it('is sent with its group', async () => {
    const { sent, queue } = fakeSqs();
    await queue.send(URL, { body: '{}', group: 'book' });
    expect(sent).toEqual([
      { command: SendMessageCommand, input: { QueueUrl: URL, MessageBody: '{}', MessageGroupId: 'book' } },
    ]);
  });
});

describe('a batch', () => {
  it('has an id of its own for each message, with its group', async () => {
    const { sent, queue } = fakeSqs();
    await queue.sendBatch(URL, [
      { body: 'one', group: 'a' },
      { body: 'two', group: 'b' },
    ]);
    expect(sent).toEqual([
      {
        command: SendMessageBatchCommand,
        input: {
          QueueUrl: URL,
          Entries: [
            { Id: '0', MessageBody: 'one', MessageGroupId: 'a' },
            { Id: '1', MessageBody: 'two', MessageGroupId: 'b' },
          ],
        },
      },
    ]);
  });

  it('holds no more messages than SQS allows', () => {
    expect(BATCH_ENTRIES).toBe(10);
  });

  it('of which SQS refuses one fails as a whole, to be sent again', async () => {
    const { queue } = fakeSqs({ Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }] });
    await expect(queue.sendBatch(URL, [{ body: 'one', group: 'a' }])).rejects.toMatchObject({
      class: 'retry',
      code: 'sqs-batch',
    });
  });

  it('of which SQS refuses none is sent', async () => {
    const { queue } = fakeSqs({ Failed: [] });
    await expect(queue.sendBatch(URL, [{ body: 'one', group: 'a' }])).resolves.toBeUndefined();
  });
});

it('the visibility of one receive of a message is changed', async () => {
  const { sent, queue } = fakeSqs();
  await queue.changeVisibility(URL, 'receipt', 77);
  expect(sent).toEqual([
    {
      command: ChangeMessageVisibilityCommand,
      input: { QueueUrl: URL, ReceiptHandle: 'receipt', VisibilityTimeout: 77 },
    },
  ]);
});

describe('the depth of a queue', () => {
  it('is what waits to be received: not what was received, and is tried again in hours', async () => {
    const Attributes = { ApproximateNumberOfMessages: '1200' };
    const { sent, queue } = fakeSqs({ Attributes });
    expect(await queue.depth(URL)).toBe(1200);
    expect(sent).toEqual([
      {
        command: GetQueueAttributesCommand,
        input: { QueueUrl: URL, AttributeNames: Object.keys(Attributes) },
      },
    ]);
  });

  it('is none where SQS does not say', async () => {
    expect(await fakeSqs().queue.depth(URL)).toBe(0);
  });
});
