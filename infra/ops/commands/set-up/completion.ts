import { Argument } from '@commander-js/extra-typings';
import { EVENT_NAMES, RESULT_KINDS } from '../../../../shared/events/catalog.ts';
import { CHANNELS } from '../../../../shared/events/channels.ts';
import { createCommand, examplesText } from '../../../command-line/commands.ts';
import { completionScript, SHELLS } from '../../../command-line/completion.ts';
import { ALL_FUNCTION_NAMES } from '../../../functions.ts';

export function completionCommand() {
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
