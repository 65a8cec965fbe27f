import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { logFile } from '../running-stacks/data-dir.ts';

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

/** Is told what a stack does. Its methods must be fast and must not throw. */
export interface StackObserver {
  /** @param status of the answer to a delivery. */
  requestAnswered(status: number): void;
  /** A function has called Ocrolus. */
  ocrolusCalled(): void;
  invocationEnded(functionName: string, isOk: boolean): void;
}
