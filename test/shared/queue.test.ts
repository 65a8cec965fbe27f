import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { BATCH_ENTRIES, openQueue, type Queue } from '../../shared/queue.ts';

const URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/queue';
const MESSAGE = { body: 'one', group: 'a' };

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

it.each<[what: string, work: (queue: Queue) => Promise<unknown>, command: object, input: object]>([
  [
    'a message is sent with its group',
    (queue) => queue.send(URL, { body: '{}', group: 'book' }),
    SendMessageCommand,
    { QueueUrl: URL, MessageBody: '{}', MessageGroupId: 'book' },
  ],
  [
    'each message of a batch has an id of its own, and its group',
    (queue) => queue.sendBatch(URL, [MESSAGE, { body: 'two', group: 'b' }]),
    SendMessageBatchCommand,
    {
      QueueUrl: URL,
      Entries: [
        { Id: '0', MessageBody: 'one', MessageGroupId: 'a' },
        { Id: '1', MessageBody: 'two', MessageGroupId: 'b' },
      ],
    },
  ],
  [
    'the visibility of one receive of a message is changed',
    (queue) => queue.changeVisibility(URL, 'receipt', 77),
    ChangeMessageVisibilityCommand,
    { QueueUrl: URL, ReceiptHandle: 'receipt', VisibilityTimeout: 77 },
  ],
  [
    'the depth is what waits to be received, not what was received and is tried again in hours',
    (queue) => queue.depth(URL),
    GetQueueAttributesCommand,
    { QueueUrl: URL, AttributeNames: ['ApproximateNumberOfMessages'] },
  ],
])('%s', async (_what, work, command, input) => {
  const { sent, queue } = fakeSqs();
  await work(queue);
  expect(sent).toEqual([{ command, input }]);
});

it('a batch of which SQS refuses one message fails as a whole, to be sent again', async () => {
  const { queue } = fakeSqs({ Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }] });
  const refused = { class: 'retry', code: 'sqs-batch' };
  await expect(queue.sendBatch(URL, [MESSAGE])).rejects.toMatchObject(refused);
  await expect(fakeSqs({ Failed: [] }).queue.sendBatch(URL, [MESSAGE])).resolves.toBeUndefined();
});

it('a batch holds no more messages than SQS allows', () => {
  expect(BATCH_ENTRIES).toBe(10);
});

it.each([
  [{ Attributes: { ApproximateNumberOfMessages: '1200' } }, 1200],
  [{}, 0],
])('the depth in %j is %i', async (answer, depth) => {
  expect(await fakeSqs(answer).queue.depth(URL)).toBe(depth);
});
