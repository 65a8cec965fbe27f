import type { Readable } from 'node:stream';
import { Option } from '@commander-js/extra-typings';
import { createCommand, type Example, examplesText } from '../command-line/commands.ts';
import { pathValue, shellWord } from '../command-line/paths.ts';
import type { Screen } from '../command-line/screen.ts';
import type { Target } from './target/target.ts';

/** Options of every command: the stack to use, and the form of the output. */
export interface StackOptions {
  readonly json?: true;
  readonly data?: string;
  readonly stage?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly yes?: true;
}

/** Options that select the same stack again, for suggested commands: ` --stage prod`. */
export function sameStack({ stage, data }: StackOptions): string {
  if (stage !== undefined) return ` --stage ${stage}`;
  return data === undefined ? '' : ` --data ${shellWord(data)}`;
}

/** One call of a command, after its arguments are parsed. */
export interface Session {
  readonly target: Target;
  readonly screen: Screen;
  /**
   * Must be called before anything is changed. For a stage it shows the plan and asks, unless `--yes` is given; for
   * the local stack it does nothing.
   *
   * @param plan the intended changes, such as `move 12 messages of doc-verified back to its queue`; a function if
   * they take time to find out.
   * @throws Error if the operator does not agree; UsageError if there is no terminal to ask on.
   */
  confirm(plan: string | (() => Promise<string>), signal?: AbortSignal): Promise<void>;
  /** As `confirm`, but for the local stack too: asks about a probable mistake. */
  confirmAnywhere(plan: string, signal?: AbortSignal): Promise<void>;
}

/** Standard output of a command: a stream as it is, anything else as one JSON document with `--json`, or as `text`. */
export type Output =
  | { readonly stream: Readable }
  | {
      readonly document: unknown;
      readonly text: string;
      /** True if the command succeeded and found a problem: exit status 1. */
      readonly isProblem?: boolean;
    };

/**
 * Runs the work of a command in a session and prints its output. Commands get this function as an argument, so that
 * tests can pass their own target.
 */
export type Run = (
  options: StackOptions,
  work: (session: Session) => Promise<Output>,
  /** Called if the stack cannot be opened, instead of failing. */
  otherwise?: (problem: unknown, session: Omit<Session, 'target'>) => Promise<Output>,
) => Promise<void>;

/** The parts of a command's help besides its options. */
interface CommandHelp {
  /** One line, for the list of commands. */
  readonly summary: string;
  readonly description?: string;
  /** Condition for exit status 0. */
  readonly status0: string;
  readonly examples: readonly [Example, ...Example[]];
  /** True if it prints unchanged bytes: `--json` is accepted, and has no effect. */
  readonly printsBytes?: boolean;
}

/** A command that reads a stack: the local one, or a deployed stage. */
export function stackCommand(
  name: string,
  { summary, description, status0, examples, printsBytes = false }: CommandHelp,
) {
  return createCommand(name)
    .summary(summary)
    .description(
      [`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, description].filter(Boolean).join('\n\n'),
    )
    .addHelpText('after', `${examplesText(examples)}\n\nExit status 0: ${status0}`)
    .addOption(new Option('--json', 'print one JSON document').hideHelp(printsBytes))
    .addOption(
      new Option('--data <dir>', 'the local stack of that data folder')
        .argParser(pathValue)
        .helpGroup('Which stack:'),
    )
    .addOption(new Option('--stage <name>', 'a deployed stage').conflicts('data').helpGroup('Which stack:'))
    .addOption(new Option('--region <name>', 'AWS region of the stage').helpGroup('Which stack:'))
    .addOption(new Option('--profile <name>', 'AWS profile to use').helpGroup('Which stack:'));
}

/** A command that changes something: against a stage it asks first, unless `--yes` is given ({@link Session.confirm}). */
export function changingCommand(name: string, help: CommandHelp) {
  return stackCommand(name, help).option('--yes', 'confirm in advance');
}
