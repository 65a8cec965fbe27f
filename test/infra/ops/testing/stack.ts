import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startQueues } from '../../../../infra/local/backends/queues.ts';
import { Envelope } from '../../../../shared/events/envelope.ts';
import { bookIdOf } from '../../../../shared/events/ids.ts';
import { serialiseEnvelope } from '../../../../shared/events/queue-message.ts';
import { type LedgerEntry, writeFailedAttempt, writeLedger } from '../../../../shared/store/ledger.ts';
import { createReader } from '../../../../shared/store/reader.ts';
import type { DynamoTable } from '../../../../shared/store/table.ts';
import { type MemoryBodies, memoryBodies } from '../../../shared/store/testing/bodies.ts';
import { useTables } from '../../../shared/store/testing/table.ts';
import { fakeTarget } from '../fake-target.ts';

/** A stack with an empty table, bucket, and queues of these channels before each test. The first channel is the default. */
export function useStack(...channels: readonly [string, ...string[]]) {
  const createTable = useTables();
  let backend: Awaited<ReturnType<typeof startQueues>>;
  let table: DynamoTable;
  let bodies: MemoryBodies;
  let queues: Record<string, { readonly url: string; readonly dlqUrl: string }>;
  let made = 0;
  let asked: object[] = [];
  /** `MessageGroupId` by message body: fauxqs forgets it where the queue is not a FIFO. */
  const groups = new Map<string, string | undefined>();
  beforeAll(async () => {
    backend = await startQueues();
    backend.sqs.middlewareStack.add(
      (next) => (args) => {
        const { MessageBody, MessageGroupId } = args.input as SendMessageCommandInput;
        asked.push(args.input);
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
  beforeEach(async () => {
    made += 1;
    table = await createTable();
    bodies = memoryBodies();
    asked = [];
    queues = {};
    for (const channel of channels) {
      queues[channel] = { url: await create(channel), dlqUrl: await create(`${channel}-dlq`) };
    }
  });
  const create = async (name: string) => {
    const command = new CreateQueueCommand({ QueueName: `${name}-${made}` });
    return (await backend.sqs.send(command)).QueueUrl ?? '';
  };
  const urls = (channel: string = channels[0]) => {
    const found = queues[channel];
    if (found === undefined) throw new Error(`no queue for ${channel}`);
    return found;
  };
  /** Number of messages that could be received now. */
  const visible = async (QueueUrl: string) => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const];
    const { Attributes = {} } = await backend.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
    );
    return Number(Attributes.ApproximateNumberOfMessages);
  };
  /** Takes everything out of a channel's queue, in the order it was sent. */
  const take = async (channel?: string) => {
    const QueueUrl = urls(channel).url;
    const taken: { envelope: Envelope; group: string | undefined }[] = [];
    for (;;) {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await backend.sqs.send(command);
      if (Messages.length === 0) return taken;
      for (const { Body = '', ReceiptHandle } of Messages) {
        taken.push({ envelope: Envelope.parse(JSON.parse(Body)), group: groups.get(Body) });
        await backend.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  };
  return {
    get table() {
      return table;
    },
    get bodies() {
      return bodies;
    },
    /** Inputs of the requests to SQS: the emulator ignores how long a message is held. */
    get asked(): readonly object[] {
      return asked;
    },
    get endpoint() {
      return backend.endpoint;
    },
    get target() {
      const reader = createReader(table, bodies);
      return fakeTarget({ sqs: backend.sqs, queues, bodies, table: () => table, reader });
    },
    urls,
    take,
    queued: (channel?: string) => visible(urls(channel).url),
    inDlq: (channel?: string) => visible(urls(channel).dlqUrl),
    /** Ids of the deliveries that {@link take} takes, sorted. */
    takenIds: async (channel?: string) =>
      (await take(channel)).map(({ envelope }) => envelope.deliveryId).sort(),
    /** Puts messages into a channel's dead-letter queue. */
    async dead(channel: string, ...messages: readonly (Envelope | string)[]) {
      const QueueUrl = urls(channel).dlqUrl;
      for (const message of messages) {
        const MessageBody = typeof message === 'string' ? message : serialiseEnvelope(message);
        await backend.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      }
    },
    /** Enters a delivery into the ledger: as applied, or as a failed attempt if there is a `code`. */
    async past(envelope: Envelope, more: Partial<LedgerEntry> & { readonly code?: string } = {}) {
      const { code, outcome = 'applied', ...rest } = more;
      const bookId = bookIdOf(envelope.ids);
      const common = {
        bookId,
        envelope,
        attempts: 1,
        processedAt: envelope.receivedAt,
        keepDays: 36_500,
        ...rest,
      };
      if (code === undefined) await writeLedger(table, { ...common, outcome });
      else await writeFailedAttempt(table, { ...common, code });
    },
    /** SQS that fails to send the n-th message, from 1, or every one. */
    failingSqs(n?: number): SQSClient {
      let sends = 0;
      const send: typeof backend.sqs.send = (command: Parameters<typeof backend.sqs.send>[0]) => {
        sends += command instanceof SendMessageCommand ? 1 : 0;
        const isFailing = command instanceof SendMessageCommand && (n ?? sends) === sends;
        return isFailing ? Promise.reject(new Error('SQS is down')) : backend.sqs.send(command);
      };
      return new Proxy(backend.sqs, { get: (sqs, key) => (key === 'send' ? send : Reflect.get(sqs, key)) });
    },
  };
}

/** Presses Ctrl-C as soon as a command listens, and a condition is met. */
export async function interrupt(isTime: () => Promise<boolean> = async () => true): Promise<void> {
  while (process.listenerCount('SIGINT') === 0 || !(await isTime())) await new Promise(setImmediate);
  process.emit('SIGINT');
}
