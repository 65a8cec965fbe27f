import { UsageError } from '../../../command-line/commands.ts';
import { unknownChannel } from '../../options.ts';
import { changingCommand, type Output, type Run, type Session } from '../../stack-command.ts';

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
    .argument('[channel]', 'the channel, as "ops queues" names it')
    .option('--all', 'every channel')
    .action((channel, options) => run(options, (session) => setConsuming(session, channel, options, false)));
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
    .argument('[channel]', 'the channel, as "ops queues" names it')
    .option('--all', 'every channel')
    .action((channel, options) => run(options, (session) => setConsuming(session, channel, options, true)));
}

async function setConsuming(
  { target, confirm }: Session,
  channel: string | undefined,
  { all }: { readonly all?: true },
  isOn: boolean,
): Promise<Output> {
  if ((channel === undefined) !== (all === true)) throw new UsageError('name a channel, or use --all');
  const names = Object.keys(target.queues);
  if (channel !== undefined && !names.includes(channel)) throw unknownChannel(channel, target);
  const which = channel === undefined ? 'every consumer' : `the consumer of ${channel}`;
  await confirm(`${isOn ? 'start' : 'stop'} ${which}`);
  const documents = [];
  for (const one of channel === undefined ? names : [channel]) {
    await target.setConsuming(one, isOn);
    documents.push({ channel: one, paused: !isOn });
  }
  const text = documents.map((one) => `${one.channel}: ${isOn ? 'resumed' : 'paused'}`).join('\n');
  return { document: channel === undefined ? documents : documents[0], text };
}
