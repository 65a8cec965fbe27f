import { SQSClient } from '@aws-sdk/client-sqs';
import { runCommand } from '../../infra/command-line/commands.ts';
import { PLAIN } from '../../infra/command-line/screen.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import type { FunctionLogs, LogLine } from '../../infra/ops/logs/function-logs.ts';
import type { Output, Run } from '../../infra/ops/stack-command.ts';
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
    alarms: async () => undefined,
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
    resultBody: async () => undefined,
    resultStream: async () => undefined,
    transactionRows: async () => undefined,
    resultPages: async () => undefined,
    missing: async () => [],
    events: async () => [],
    ...parts,
  };
}

/** Words after the command's name. */
export interface Call {
  readonly words?: readonly string[];
  /** Options with a value, or `true` for those that take none. */
  readonly flags?: Readonly<Record<string, string | true>> | undefined;
  /** Receives what the command asks to confirm; it is always agreed to. */
  readonly plans?: string[];
}

/** Parses a call as the command line does, and runs the command on a target. */
export async function runOps(
  build: (run: Run) => Parameters<typeof runCommand>[0],
  target: Target,
  { words = [], flags = {}, plans = [] }: Call = {},
): Promise<Output> {
  const confirm = async (plan: string | (() => Promise<string>)) =>
    void plans.push(typeof plan === 'string' ? plan : await plan());
  const confirmAnywhere = async (plan: string) => void plans.push(`anywhere: ${plan}`);
  let output: Output | undefined;
  const command = build(async (_options, work) => {
    output = await work({ target, screen: PLAIN, confirm, confirmAnywhere });
  });
  const options = Object.entries(flags).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${value}`,
  );
  await runCommand(command, [...words, ...options]);
  if (output === undefined) throw new Error('the command did not run');
  return output;
}
