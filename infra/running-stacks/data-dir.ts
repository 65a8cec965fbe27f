import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** The folder of the CDK app: the working directory, or the nearest one above it that has a `cdk.json`. */
export function projectFolder(): string {
  const start = process.cwd();
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/** Folder of a stack without `--data`, where `ops` finds it. */
export const DEFAULT_DATA_DIR = join(projectFolder(), '.local/default');

/** File with a stack's log, which `ops logs` and `ops tail` read. */
export function logFile(dataDir: string): string {
  return join(dataDir, 'stack.log');
}

/** File with the events that a stack has published, one line of JSON each. */
export function eventsFile(dataDir: string): string {
  return join(dataDir, 'events.jsonl');
}

/** File of a stack that is ready, with its addresses. */
export function stackFilePath(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

/** Document that a stack prints once it is ready (docs/design.md#the-local-stack). */
export const ReadyDocument = z.object({
  ready: z.literal(true),
  pid: z.int(),
  webhookUrl: z.string(),
  webhookSecret: z.string(),
  ocrolusUrl: z.string(),
  consoleUrl: z.string().nullable(),
  region: z.string(),
  dynamodb: z.object({ endpoint: z.string(), table: z.string() }),
  sqs: z.object({
    endpoint: z.string(),
    queues: z.record(z.string(), z.object({ url: z.string(), dlqUrl: z.string().nullable() })),
  }),
  s3: z.object({ endpoint: z.string(), bucket: z.string() }),
  /** Absent from stacks of earlier versions. */
  eventBridge: z.object({ endpoint: z.string(), file: z.string() }).optional(),
});

export type ReadyDocument = z.infer<typeof ReadyDocument>;

/** Address of the stack's control endpoint, and its token: `Authorization: Bearer <token>`. */
export const Control = z.object({ url: z.string(), token: z.string() });

export type Control = z.infer<typeof Control>;

/** Content of `stack.json`: the ready document, with additions for the operator's command line. */
export const StackFile = ReadyDocument.extend({
  control: Control,
  secretsManager: z.object({ endpoint: z.string() }),
  pollSeconds: z.number().optional(),
});

export type StackFile = z.infer<typeof StackFile>;

/**
 * Finds the stack that runs in a data folder.
 *
 * @returns `undefined` if there is none, or it is not ready.
 */
export async function findLocalStack(dataDir: string): Promise<StackFile | undefined> {
  const found = readJson(stackFilePath(dataDir), StackFile);
  return found !== undefined && (await answers(found.control)) ? found : undefined;
}

/** @returns `undefined` if the file does not exist, or does not fit the schema. */
export function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Asks the control endpoint. The process id alone is no proof, since it may belong to another process now. */
export async function answers({ url, token }: Control): Promise<boolean> {
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(2000) });
    return response.ok;
  } catch (error) {
    // A stack that is too busy to answer still runs.
    return error instanceof Error && error.name === 'TimeoutError';
  }
}
