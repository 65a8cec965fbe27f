import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { logFile } from '../running-stacks/data-dir.ts';
import type { FunctionCall, InvocationOutcome } from './lambda/protocol.ts';

export type LocalLog = (source: string, line: string) => void;

/** Logs to standard error: with `--json`, standard output is for programs. */
export const logToStandardError: LocalLog = (source, line) => {
  process.stderr.write(`[${source}] ${line}\n`);
};

/** @param isContinued appends to the lines of earlier runs; otherwise {@link logFile} is emptied. */
export async function logToFile(dataDir: string, isContinued: boolean): Promise<LocalLog> {
  await mkdir(dataDir, { recursive: true });
  const file = createWriteStream(logFile(dataDir), { flags: isContinued ? 'a' : 'w' });
  return (source, line) => file.write(`${new Date().toISOString()} [${source}] ${line}\n`);
}

/** Logs to the file, for `ops`, and to standard error, for people. */
export function logToBoth(toFile: LocalLog): LocalLog {
  return (source, line) => {
    toFile(source, line);
    logToStandardError(source, line);
  };
}

export interface ApiRequest {
  /** Request id of API Gateway, which the webhook writes into its log. */
  readonly requestId: string;
  /** `Webhook-Request-Id`. */
  readonly deliveryId: string | undefined;
  /** Unix milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

/** Receives the events of a stack. Its methods must be fast and must not throw. */
export interface StackObserver {
  requestAnswered(request: ApiRequest): void;
  invocationStarted(functionName: string, requestId: string, event: unknown): void;
  /** @param requestId of the invocation. */
  ocrolusCalled(functionName: string, requestId: string, call: FunctionCall): void;
  invocationEnded(functionName: string, requestId: string, outcome: InvocationOutcome): void;
}
