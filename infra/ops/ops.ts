import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { type Call, type Command, UsageError } from './command.ts';
import { book } from './commands/book.ts';
import { dlq } from './commands/dlq.ts';
import { forget } from './commands/forget.ts';
import { poll } from './commands/poll.ts';
import { protect } from './commands/protect.ts';
import { queues } from './commands/queues.ts';
import { redrive } from './commands/redrive.ts';
import { register } from './commands/register.ts';
import { registration } from './commands/registration.ts';
import { replay } from './commands/replay.ts';
import { result } from './commands/result.ts';
import { send } from './commands/send.ts';
import { unregister } from './commands/unregister.ts';
import { openTarget } from './target.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  book,
  result,
  queues,
  send,
  dlq,
  redrive,
  replay,
  forget,
  poll,
  register,
  unregister,
  registration,
  protect,
};

const COMMON_OPTIONS = {
  json: { type: 'boolean', default: false },
  data: { type: 'string' },
  stage: { type: 'string' },
} as const;

/**
 * The operator's command line: `npm run -s ops -- <command>`. What was asked for goes to standard output, all
 * else to standard error. @returns the exit status.
 */
async function ops(words: readonly string[]): Promise<number> {
  const [name = '', ...rest] = words;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (command === undefined) throw new UsageError(name === '' ? 'no command' : `no command ${name}`);
    const { call, data, stage } = readCall(command, rest);
    const output = await command.run(await openTarget({ data, stage }), call);
    if ('stream' in output) await print(output.stream);
    else process.stdout.write(`${call.json ? JSON.stringify(output.document) : output.text}\n`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof UsageError) console.error(usage());
    return 1;
  }
}

/** The reader of a pipe, such as `head`, may close it early. */
async function print(stream: Readable): Promise<void> {
  await pipeline(stream, process.stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

function readCall(command: Command, words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { ...COMMON_OPTIONS, ...command.options },
      allowPositionals: true,
    });
    const flags: Readonly<Record<string, unknown>> = values;
    const text = (flag: string) => {
      const value = flags[flag];
      return typeof value === 'string' ? value : undefined;
    };
    const flag = (name: string) => flags[name] === true;
    const call: Call = { arguments: positionals, text, flag, json: flags.json === true };
    return { call, data: text('data'), stage: text('stage') };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function usage(): string {
  const lines = Object.values(COMMANDS).map(
    ({ usage: words, summary, status0 }) => `  ${words}\n      ${summary}\n      Status 0: ${status0}`,
  );
  return [
    'npm run -s ops -- <command> [--json] [--data DIR | --stage NAME]',
    ...lines,
    'Without --data and --stage: the local stack that runs.',
    'In any other case the status is 1, and nothing is on standard output, unless a body breaks off.',
  ].join('\n');
}

process.exitCode = await ops(process.argv.slice(2));
