import { styleText } from 'node:util';
import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';

/** The arguments are wrong: exit status 2, and nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Refuses an option where the value of another one is missing; commander would take it as the value. */
class StrictCommand extends Command {
  override parseOptions(words: string[]) {
    for (const [index, word] of words.entries()) {
      if (word === '--') break;
      const option = this.options.find(({ short, long }) => word === long || word === short);
      const next = words[index + 1] ?? '';
      if (option?.required !== true || !/^--?[a-z]/i.test(next)) continue;
      this.error(`option '${option.flags}' argument missing before ${next}; as its value: ${word}=${next}`);
    }
    return super.parseOptions(words);
  }
}

/** A command, or a program, that throws where commander would print and exit. */
export function createCommand(name: string) {
  return new StrictCommand(name)
    .exitOverride()
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .configureHelp({ styleTitle: (title) => styleText('bold', title, { validateStream: false }) })
    .helpOption('-h, --help', 'show this help');
}

export type Example = readonly [call: string, purpose: string];

export function examplesText(examples: readonly Example[]): string {
  const lines = examples.map(([call, purpose]) => `  # ${purpose}\n  ${call}`);
  return `\n${styleText('bold', 'Examples:', { validateStream: false })}\n${lines.join('\n')}`;
}

/**
 * Parses the arguments of a call and runs the command that they name, or prints help.
 *
 * @throws UsageError for a wrong call; any error of the command.
 */
export async function runCommand(program: CommandUnknownOpts, words: readonly string[]): Promise<void> {
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    const [help, unknown] = words;
    // Commander suggests a name only without `help`.
    if (error.code === 'commander.help' && help === 'help' && unknown !== undefined) {
      return runCommand(program, [unknown]);
    }
    throw new UsageError(usageMessage(error, program.name()), { cause: error });
  }
}

/** Joins the lines of a message: commander puts its suggestion on a line of its own. */
function usageMessage({ code, message }: CommanderError, program: string): string {
  if (code === 'commander.help') return `a command is missing; "${program} --help" lists them`;
  return message.replace(/^error: /, '').replaceAll('\n', ' ');
}
