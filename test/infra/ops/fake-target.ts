import type { Readable } from 'node:stream';
import { SQSClient } from '@aws-sdk/client-sqs';
import { runCommand } from '../../../infra/command-line/commands.ts';
import { PLAIN } from '../../../infra/command-line/screen.ts';
import { FUNCTION_NAMES } from '../../../infra/functions.ts';
import type { FunctionLogs, LogLine } from '../../../infra/ops/logs/function-logs.ts';
import type { Output } from '../../../infra/ops/stack-command.ts';
import type { Target } from '../../../infra/ops/target/target.ts';
import type { Reader } from '../../../shared/store/reader.ts';
import { memoryBodies } from '../../shared/store/testing/bodies.ts';
import { programOf } from './testing/program.ts';

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
    accounts: async () => ['default'],
    ocrolus: async () => {
      throw new Error('this test has no Ocrolus');
    },
    webhookUrl: (account) => `http://127.0.0.1:1/webhooks/${account}`,
    webhookSecret: async () => 'example-webhook-secret-A1',
    poll: async () => ({ discovered: 0, polled: 0, isBehind: false, problems: [] }),
    invoke: async () => ({}),
    simulate: async () => {
      throw new Error('this test has no simulator');
    },
    protect: async (isOn) => ({ stack: isOn, loadBalancer: null }),
    logs: fakeLogs([]),
    queueAges: async () => new Map(),
    setConsuming: async () => {},
    pausedChannels: async () => [],
    metrics: async () => [],
    alarms: async () => undefined,
    ledgerIndexedSince: async () => undefined,
    pollSeconds: 2,
    ...parts,
  };
}

/** Logs that have these lines, and never more. */
export function fakeLogs(lines: readonly LogLine[]): FunctionLogs {
  const read: FunctionLogs['read'] = async function* ({ functions, from, to = '9999', texts }) {
    for (const line of lines) {
      const isText = texts?.some((one) => line.text.includes(one)) ?? true;
      if (functions.includes(line.function) && line.at >= from && line.at <= to && isText) yield line;
    }
  };
  return { names: FUNCTION_NAMES, read, follow: read };
}

export function fakeReader(parts: Partial<Reader> = {}): Reader {
  return {
    book: async () => undefined,
    documents: async () => [],
    results: async () => [],
    result: async () => undefined,
    resultBody: async () => undefined,
    resultStream: async () => undefined,
    transactionRows: async () => undefined,
    resultPages: async () => undefined,
    missing: async () => [],
    events: async () => [],
    ...parts,
  };
}

/** What a command shows, and what it asked to confirm, which is always agreed to. */
export interface Shown<Document> {
  readonly document: Document;
  readonly text: string;
  readonly isProblem?: boolean;
  readonly plans: readonly string[];
}

/** Types a call of `ops`, such as `redrive doc-verified --limit 3`, and runs it on a target. */
export async function ops<Document = unknown>(
  target: Target,
  call: string | readonly string[],
): Promise<Shown<Document>> {
  const { plans, output } = await type(target, call);
  if ('stream' in output) throw new Error('it prints a stream');
  return { ...output, document: output.document as Document, plans };
}

/** As {@link ops}, for a command that prints a stream. */
export async function streamOf(target: Target, call: string | readonly string[]): Promise<Readable> {
  const { output } = await type(target, call);
  if (!('stream' in output)) throw new Error('it prints a document');
  return output.stream;
}

async function type(target: Target, call: string | readonly string[]) {
  const plans: string[] = [];
  const outputs: Output[] = [];
  const program = programOf(async (_options, work) => {
    const confirm = async (plan: string | (() => Promise<string>)) =>
      void plans.push(typeof plan === 'string' ? plan : await plan());
    const confirmAnywhere = async (plan: string) => void plans.push(`anywhere: ${plan}`);
    outputs.push(await work({ target, screen: PLAIN, confirm, confirmAnywhere }));
  });
  await runCommand(program, typeof call === 'string' ? call.split(' ').filter(Boolean) : call);
  const [output] = outputs;
  if (output === undefined) throw new Error('the command did not run');
  return { plans, output };
}
