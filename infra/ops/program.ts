import packageJson from 'ocrolus-webhooks/package.json' with { type: 'json' };
import { createCommand, examplesText } from '../command-line/commands.ts';
import { backfillCommand } from './commands/act/backfill.ts';
import { forgetCommand } from './commands/act/forget.ts';
import { pauseCommand, resumeCommand } from './commands/act/pause.ts';
import { pollCommand } from './commands/act/poll.ts';
import { redriveCommand } from './commands/act/redrive.ts';
import { replayCommand } from './commands/act/replay.ts';
import { doctorCommand } from './commands/doctor.ts';
import { alarmsCommand } from './commands/see/alarms.ts';
import { bookCommand } from './commands/see/book.ts';
import { consoleCommand } from './commands/see/console.ts';
import { deliveriesCommand } from './commands/see/deliveries.ts';
import { deliveryCommand } from './commands/see/delivery.ts';
import { dlqCommand } from './commands/see/dlq.ts';
import { logsCommand, tailCommand } from './commands/see/logs.ts';
import { metricsCommand } from './commands/see/metrics.ts';
import { missingCommand } from './commands/see/missing.ts';
import { queuesCommand } from './commands/see/queues.ts';
import { resultCommand } from './commands/see/result.ts';
import { sendCommand } from './commands/send.ts';
import { completionCommand } from './commands/set-up/completion.ts';
import { protectCommand } from './commands/set-up/protect.ts';
import { registerCommand, registrationCommand, unregisterCommand } from './commands/set-up/registration.ts';
import { triggerCommand } from './commands/trigger.ts';
import type { Run } from './stack-command.ts';

/** Commands by purpose, in the order of the help. */
const GROUPS = {
  'See:': [
    bookCommand,
    resultCommand,
    missingCommand,
    deliveriesCommand,
    deliveryCommand,
    tailCommand,
    queuesCommand,
    metricsCommand,
    dlqCommand,
    alarmsCommand,
    logsCommand,
    registrationCommand,
    consoleCommand,
  ],
  'Test:': [triggerCommand, sendCommand],
  'Check:': [doctorCommand],
  'Act:': [
    pollCommand,
    backfillCommand,
    redriveCommand,
    replayCommand,
    pauseCommand,
    resumeCommand,
    forgetCommand,
  ],
  'Set up:': [registerCommand, unregisterCommand, protectCommand],
} as const;

const NOTES = `
"ops" stands for "npm run -s ops --" or, where the package is installed, "npx ocrolus-webhooks".
Without --data or --stage, a command uses the local stack that is running; if there are several, it lists them.
All times are UTC.

Exit status: 0 success, 1 the command failed or found a problem, 2 wrong arguments.`;

export function createProgram(run: Run) {
  const program = createCommand('ops')
    .description('Inspect and operate a stack that receives Ocrolus webhooks, local or deployed.')
    .usage('<command> [options]')
    .version(packageJson.version, '-V, --version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText(
      'after',
      `${examplesText([
        ['ops queues', 'how many messages each queue of the local stack holds'],
        ['ops dlq doc-verified --stage prod --region us-east-1', 'what a dead-letter queue holds, and why'],
        ['ops help redrive', 'everything about one command'],
      ])}\n${NOTES}`,
    );
  for (const [group, commands] of Object.entries(GROUPS)) {
    for (const build of commands) program.addCommand(build(run).helpGroup(group));
  }
  program.addCommand(completionCommand().helpGroup('Set up:'));
  return program;
}
