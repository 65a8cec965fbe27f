import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from 'vitest';
import { type QueuesBackend, startQueues } from '../../../infra/local/backends/queues.ts';
import { Envelope } from '../../../shared/events/envelope.ts';
import { serialiseEnvelope } from '../../../shared/events/queue-message.ts';
import { type MemoryBodies, memoryBodies } from '../../store/testing/bodies.ts';
import { fakeTarget } from '../fake-target.ts';

/** SQS for the tests of one file. @returns makes a stack with queues of its own. */
export function useQueues() {
  let backend: QueuesBackend;
  let made = 0;
  /** `MessageGroupId` by message body: fauxqs forgets it where the queue is not a FIFO. */
  const groups = new Map<string, string | undefined>();
  beforeAll(async () => {
    backend = await startQueues();
    backend.sqs.middlewareStack.add(
      (next) => (args) => {
        const { MessageBody, MessageGroupId } = args.input as SendMessageCommandInput;
        if (MessageBody !== undefined) groups.set(MessageBody, MessageGroupId);
        // The emulator has every message at once: only an empty queue would take the second that is waited for.
        if ('WaitTimeSeconds' in args.input)
          return next({ ...args, input: { ...args.input, WaitTimeSeconds: 0 } });
        return next(args);
      },
      { step: 'initialize' },
    );
  });
  afterAll(() => backend.stop());

  return async (...channels: string[]) => {
    const { sqs } = backend;
    made += 1;
    const create = async (name: string) => {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${made}` }));
      return QueueUrl;
    };
    const queues: Record<string, { url: string; dlqUrl: string }> = {};
    for (const channel of channels) {
      queues[channel] = { url: await create(channel), dlqUrl: await create(`${channel}-dlq`) };
    }
    const urls = (channel: string) => {
      const found = queues[channel];
      if (found === undefined) throw new Error(`no queue for ${channel}`);
      return found;
    };
    const bodies: MemoryBodies = memoryBodies();
    const kill = async (channel: string, message: Envelope | string) => {
      const MessageBody = typeof message === 'string' ? message : serialiseEnvelope(message);
      await sqs.send(new SendMessageCommand({ QueueUrl: urls(channel).dlqUrl, MessageBody }));
    };
    return {
      sqs,
      endpoint: backend.endpoint,
      urls,
      bodies,
      target: fakeTarget({ sqs, queues, bodies }),
      /** Puts messages into a channel's dead-letter queue. */
      async dead(channel: string, ...messages: (Envelope | string)[]) {
        for (const message of messages) await kill(channel, message);
      },
      /** Number of messages that could be received now. */
      async visible(queueUrl: string): Promise<number> {
        const AttributeNames = ['ApproximateNumberOfMessages' as const];
        const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames });
        const { Attributes = {} } = await sqs.send(command);
        return Number(Attributes.ApproximateNumberOfMessages);
      },
      /** Takes everything out of a channel's queue: deliveries by id, in the order they were sent. */
      async take(channel: string) {
        const { url } = urls(channel);
        const taken: { envelope: Envelope; group: string | undefined }[] = [];
        for (;;) {
          const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({
              QueueUrl: url,
              MaxNumberOfMessages: 10,
            }),
          );
          if (Messages.length === 0) return taken;
          for (const { Body = '', ReceiptHandle } of Messages) {
            taken.push({ envelope: Envelope.parse(JSON.parse(Body)), group: groups.get(Body) });
            await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
          }
        }
      },
    };
  };
}

export type TestQueues = Awaited<ReturnType<ReturnType<typeof useQueues>>>;
