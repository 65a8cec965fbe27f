import { Argument } from '@commander-js/extra-typings';
import packageJson from 'ocrolus-webhooks/package.json' with { type: 'json' };
import { EVENT_NAMES, RESULT_KINDS } from '../../shared/events/catalog.ts';
import { CHANNELS } from '../../shared/events/channels.ts';
import { createCommand, examplesText } from '../command-line/commands.ts';
import { completionScript, SHELLS } from '../command-line/completion.ts';
import { ALL_FUNCTION_NAMES } from '../functions.ts';
import { backfillCommand } from './commands/act/backfill.ts';
import { forgetCommand } from './commands/act/forget.ts';
import { pauseCommand, resumeCommand } from './commands/act/pause.ts';
import { pollCommand } from './commands/act/poll.ts';
import { redriveCommand } from './commands/act/redrive.ts';
import { replayCommand } from './commands/act/replay.ts';
import { doctorCommand } from './commands/doctor.ts';
import { bookCommand, resultCommand } from './commands/see/book.ts';
import { consoleCommand, type ServeStage } from './commands/see/console.ts';
import { deliveriesCommand, deliveryCommand } from './commands/see/deliveries.ts';
import { dlqCommand } from './commands/see/dlq.ts';
import { logsCommand, tailCommand } from './commands/see/logs.ts';
import { missingCommand } from './commands/see/missing.ts';
import { alarmsCommand, metricsCommand, queuesCommand } from './commands/see/monitoring.ts';
import { sendCommand } from './commands/send.ts';
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

export function createProgram(run: Run, serveStage: ServeStage) {
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
    for (const build of commands) program.addCommand(build(run, serveStage).helpGroup(group));
  }
  program.addCommand(completionCommand().helpGroup('Set up:'));
  return program;
}

function completionCommand() {
  return createCommand('completion')
    .summary('print a script with which a shell completes commands, options and names')
    .description(
      'Print a script with which a shell completes commands, options and names.\n\nIt completes "ocrolus-webhooks" and "ops", which may be an alias: alias ops=\'npm run -s ops --\'.',
    )
    .addHelpText(
      'after',
      `${examplesText([
        [
          'ops completion bash > ~/.local/share/bash-completion/completions/ops',
          'bash, from the next shell on',
        ],
        [
          'ops completion zsh > ~/.ops-completion',
          'zsh: then "source ~/.ops-completion" in ~/.zshrc, after compinit',
        ],
        ['ops completion fish > ~/.config/fish/completions/ops.fish', 'fish'],
      ])}\n\nExit status 0: the script is printed.`,
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell, _options, { parent }) => {
      if (parent === null) return;
      const values = {
        channel: CHANNELS,
        event: EVENT_NAMES,
        'event|book': ['book', ...EVENT_NAMES],
        function: ALL_FUNCTION_NAMES,
        kind: RESULT_KINDS,
        stage: ['dev', 'prod'],
      };
      process.stdout.write(completionScript(parent, shell, { names: ['ops', 'ocrolus-webhooks'], values }));
    });
}
