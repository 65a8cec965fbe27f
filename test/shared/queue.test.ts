import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { BATCH_BYTES, BATCH_ENTRIES, inBatches, openQueue } from '../../shared/queue.ts';

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
  it('is sent with its group and its delay', async () => {
    const { sent, queue } = fakeSqs();
    await queue.send(URL, { body: '{}', group: 'book', delaySeconds: 788 });
    expect(sent).toEqual([
      {
        command: SendMessageCommand,
        input: { QueueUrl: URL, MessageBody: '{}', MessageGroupId: 'book', DelaySeconds: 788 },
      },
    ]);
  });

  it('without a delay can be received at once, whatever delay the queue itself has', async () => {
    const { sent, queue } = fakeSqs();
    await queue.send(URL, { body: '{}', group: 'book' });
    expect(sent).toMatchObject([{ input: { DelaySeconds: 0 } }]);
  });
});

describe('a batch', () => {
  it('has an id of its own for each message, with its group and its delay', async () => {
    const { sent, queue } = fakeSqs();
    await queue.sendBatch(URL, [
      { body: 'one', group: 'a' },
      { body: 'two', group: 'b', delaySeconds: 5 },
    ]);
    expect(sent).toEqual([
      {
        command: SendMessageBatchCommand,
        input: {
          QueueUrl: URL,
          Entries: [
            { Id: '0', MessageBody: 'one', MessageGroupId: 'a', DelaySeconds: 0 },
            { Id: '1', MessageBody: 'two', MessageGroupId: 'b', DelaySeconds: 5 },
          ],
        },
      },
    ]);
  });

  it('holds no more messages and bytes than SQS allows', () => {
    expect([BATCH_ENTRIES, BATCH_BYTES]).toEqual([10, 1_048_576]);
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

describe('messages in batches', () => {
  const message = (body: string) => ({ body, group: 'book' });
  const lengths = (...bodies: string[]) => [...inBatches(bodies.map(message))].map((batch) => batch.length);

  it('are ten at most', () => {
    expect(lengths(...Array.from({ length: 23 }, () => '{}'))).toEqual([10, 10, 3]);
    expect(lengths()).toEqual([]);
  });

  it('are 1 MiB at most, to the byte', () => {
    const half = 'x'.repeat(BATCH_BYTES / 2);
    expect(lengths(half, half)).toEqual([2]);
    expect(lengths(half, `${half}x`)).toEqual([1, 1]);
    expect(lengths(half, half, 'x')).toEqual([2, 1]);
  });

  it('are measured in bytes, not in characters', () => {
    const half = 'é'.repeat(BATCH_BYTES / 4);
    expect(lengths(half, half, 'é')).toEqual([2, 1]);
  });

  it('keep their order, and one that is too large is alone', () => {
    const bodies = ['a', 'x'.repeat(BATCH_BYTES + 1), 'b', 'c'];
    const batches = [...inBatches(bodies.map(message))];
    expect(batches.map((batch) => batch.length)).toEqual([1, 1, 2]);
    expect(batches.flat().map(({ body }) => body)).toEqual(bodies);
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
  it('is what waits to be received', async () => {
    const { sent, queue } = fakeSqs({ Attributes: { ApproximateNumberOfMessages: '1234' } });
    expect(await queue.depth(URL)).toBe(1234);
    expect(sent).toEqual([
      {
        command: GetQueueAttributesCommand,
        input: { QueueUrl: URL, AttributeNames: ['ApproximateNumberOfMessages'] },
      },
    ]);
  });

  it('is none where SQS does not say', async () => {
    expect(await fakeSqs().queue.depth(URL)).toBe(0);
  });
});
