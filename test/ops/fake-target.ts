import { SQSClient } from '@aws-sdk/client-sqs';
import type { Call } from '../../infra/ops/command.ts';
import type { Target } from '../../infra/ops/target.ts';
import type { Reader } from '../../shared/store/reader.ts';
import { memoryBodies } from '../store/testing/bodies.ts';

/** A stack of which nothing is there but what a test gives it. */
export function fakeTarget(parts: Partial<Target> = {}): Target {
  return {
    reader: fakeReader(),
    table: () => {
      throw new Error('this test has no table');
    },
    bodies: memoryBodies(),
    sqs: new SQSClient({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }),
    queues: {},
    webhookUrl: (account) => `http://127.0.0.1:1/webhooks/${account}`,
    webhookSecret: async () => 'example-webhook-secret-A1',
    poll: async () => ({ ran: true }),
    invoke: async () => ({}),
    protect: async (isOn) => ({ stack: isOn, loadBalancer: null }),
    ...parts,
  };
}

export function fakeReader(parts: Partial<Reader> = {}): Reader {
  return {
    book: async () => undefined,
    documents: async () => [],
    results: async () => [],
    resultBody: async () => undefined,
    resultStream: async () => undefined,
    transactionRows: async () => undefined,
    resultPages: async () => undefined,
    missing: async () => [],
    events: async () => [],
    ...parts,
  };
}

/** @param flags that take a value, and `true` for those that take none. */
export function call(
  words: readonly string[] = [],
  flags: Readonly<Record<string, string | true>> = {},
): Call {
  const text = (flag: string) => {
    const value = flags[flag];
    return value === true ? undefined : value;
  };
  return { arguments: words, text, flag: (name) => flags[name] === true, json: false };
}
