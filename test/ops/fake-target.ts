import { SQSClient } from '@aws-sdk/client-sqs';
import type { Call } from '../../infra/ops/command.ts';
import type { Target } from '../../infra/ops/target.ts';
import type { Reader } from '../../shared/store/reader.ts';

/** A stack of which nothing is there but what a test gives it. */
export function fakeTarget(parts: Partial<Target> = {}): Target {
  return {
    reader: fakeReader(),
    sqs: new SQSClient({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }),
    queues: {},
    webhookUrl: (account) => `http://127.0.0.1:1/webhooks/${account}`,
    webhookSecret: async () => 'example-webhook-secret-A1',
    poll: async () => ({ ran: true }),
    ...parts,
  };
}

export function fakeReader(parts: Partial<Reader> = {}): Reader {
  return {
    book: async () => undefined,
    documents: async () => [],
    results: async () => [],
    resultBody: async () => undefined,
    events: async () => [],
    ...parts,
  };
}

export function call(words: readonly string[] = [], flags: Readonly<Record<string, string>> = {}): Call {
  return { arguments: words, text: (flag) => flags[flag], json: false };
}
