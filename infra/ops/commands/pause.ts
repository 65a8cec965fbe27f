import { checkChannel } from '../channel.ts';
import { changingCommand, type Output, type Run, type Session } from '../stack-command.ts';

export function pauseCommand(run: Run) {
  return changingCommand('pause', {
    summary: 'stop a channel’s consumer; its messages wait',
    description:
      'Deliveries are still accepted. They wait for up to seven days, and the alarm queue-age goes off. What is being processed is ' +
      'finished. On AWS it takes up to a minute, and the next deployment leaves it as it is unless it changes the consumer.',
    status0: 'the consumer was told to stop.',
    examples: [
      ['ops pause doc-verified', 'in the local stack'],
      ['ops pause doc-verified --stage prod', 'while a bad version is being replaced'],
    ],
  })
    .argument('<channel>', 'the channel, as "ops queues" names it')
    .action((channel, options) => run(options, (session) => setConsuming(session, channel, false)));
}

export function resumeCommand(run: Run) {
  return changingCommand('resume', {
    summary: 'start a channel’s consumer again after "ops pause"',
    status0: 'the consumer was told to start.',
    examples: [
      ['ops resume doc-verified', 'in the local stack'],
      ['ops resume doc-verified --stage prod', 'when the cause is fixed'],
    ],
  })
    .argument('<channel>', 'the channel, as "ops queues" names it')
    .action((channel, options) => run(options, (session) => setConsuming(session, channel, true)));
}

async function setConsuming({ target, confirm }: Session, channel: string, isOn: boolean): Promise<Output> {
  checkChannel(target, channel);
  await confirm(isOn ? `start the consumer of ${channel}` : `stop the consumer of ${channel}`);
  await target.setConsuming(channel, isOn);
  return { document: { channel, paused: !isOn }, text: `${channel}: ${isOn ? 'resumed' : 'paused'}` };
}
