import { Readable } from 'node:stream';
import { listenForInterruption } from '../../../command-line/exit.ts';
import { shellWord } from '../../../command-line/paths.ts';
import { locateStack } from '../../../running-stacks/registry.ts';
import {
  type Output,
  type Run,
  type Session,
  type StackOptions,
  sameStack,
  stackCommand,
} from '../../stack-command.ts';

/** Serves the pages of a stage, on loopback. */
export type ServeStage = (
  target: Session['target'],
  which: { readonly stage: string; readonly opsFlags: string },
) => Promise<{ readonly url: string; stop(): Promise<void> }>;

export function consoleCommand(run: Run, serveStage: ServeStage) {
  return stackCommand('console', {
    summary: 'what the commands above show, as pages in a browser on this machine',
    description:
      'For a stage it prints an address, and serves the pages until Ctrl-C, with your credentials, to this machine only. The address carries a ' +
      'token. It only reads; where something can be done, it shows the command. While a browser shows a page, queues are read every ten seconds, and alarms, ' +
      'books, metrics and the deliveries of the last hour every minute. For the local stack it prints the address of the console that runs already.',
    status0: 'Ctrl-C ended it.',
    examples: [
      ['ops console --stage prod', 'of a deployed stage'],
      ['ops console', 'of the local stack'],
    ],
  }).action((options) => run(options, (session) => showConsole(session, options, serveStage)));
}

async function showConsole(
  { target }: Session,
  options: StackOptions,
  serveStage: ServeStage,
): Promise<Output> {
  const { stage } = options;
  if (stage === undefined) {
    const url = (await locateStack(options.data)).stack.consoleUrl;
    return { document: { url }, text: url ?? 'this stack has no console' };
  }
  const { region, profile } = options;
  const flag = (name: string, value = '') => (value === '' ? '' : ` --${name} ${shellWord(value)}`);
  const opsFlags = `${sameStack(options)}${flag('region', region)}${flag('profile', profile)}`;
  const address = (url: string) =>
    options.json === true ? JSON.stringify({ url }) : `console of stage ${stage}, until Ctrl-C: ${url}`;
  return { stream: Readable.from(untilInterrupted(() => serveStage(target, { stage, opsFlags }), address)) };
}

/** Serves until Ctrl-C, which is no error. @returns the line with the address. */
async function* untilInterrupted(
  serve: () => ReturnType<ServeStage>,
  lineOf: (url: string) => string,
): AsyncGenerator<string> {
  using interruption = listenForInterruption();
  const { url, stop } = await serve();
  try {
    yield `${lineOf(url)}\n`;
    const { signal } = interruption;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } finally {
    await stop();
  }
}
