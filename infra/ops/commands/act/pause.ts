import type { Channel } from '../../../../shared/events/channels.ts';
import { UsageError } from '../../../command-line/commands.ts';
import { channel } from '../../options.ts';
import {
  changingCommand,
  type Output,
  type Run,
  type Session,
  type StackOptions,
} from '../../stack-command.ts';

export function pauseCommand(run: Run) {
  return changingCommand('pause', {
    summary: 'stop the consumer of a channel, or all consumers; messages wait',
    description:
      'Deliveries are still accepted. They wait for up to seven days, and the alarm queue-age goes off. Messages in progress are ' +
      'finished. On AWS it takes up to a minute, and the next deployment leaves it as it is unless it changes the consumer.',
    status0: 'the consumers were told to stop.',
    examples: [
      ['ops pause doc-verified', 'in the local stack'],
      ['ops pause doc-verified --stage prod', 'while a bad version is being replaced'],
      ['ops pause --all --stage prod', 'before the table is restored'],
    ],
  })
    .argument('[channel]', 'the channel, as "ops queues" names it', channel)
    .option('--all', 'every channel')
    .action((name, options) => setConsuming(run, name, options, false));
}

export function resumeCommand(run: Run) {
  return changingCommand('resume', {
    summary: 'start the consumer of a channel, or all consumers, after "ops pause"',
    status0: 'the consumers were told to start.',
    examples: [
      ['ops resume doc-verified', 'in the local stack'],
      ['ops resume doc-verified --stage prod', 'when the cause is fixed'],
      ['ops resume --all --stage prod', 'when the table is restored'],
    ],
  })
    .argument('[channel]', 'the channel, as "ops queues" names it', channel)
    .option('--all', 'every channel')
    .action((name, options) => setConsuming(run, name, options, true));
}

/** @throws UsageError */
function setConsuming(
  run: Run,
  name: Channel | undefined,
  options: StackOptions & { readonly all?: true },
  isOn: boolean,
): Promise<void> {
  if ((name === undefined) !== (options.all === true)) throw new UsageError('name a channel, or use --all');
  return run(options, (session) => startOrStop(session, name, isOn));
}

async function startOrStop(
  { target, confirm }: Session,
  name: Channel | undefined,
  isOn: boolean,
): Promise<Output> {
  const which = name === undefined ? 'every consumer' : `the consumer of ${name}`;
  await confirm(`${isOn ? 'start' : 'stop'} ${which}`);
  const documents = [];
  for (const one of name === undefined ? Object.keys(target.queues) : [name]) {
    await target.setConsuming(one, isOn);
    documents.push({ channel: one, paused: !isOn });
  }
  const text = documents.map((one) => `${one.channel}: ${isOn ? 'resumed' : 'paused'}`).join('\n');
  return { document: name === undefined ? documents : documents[0], text };
}
