import type { Readable } from 'node:stream';
import { Option } from '@commander-js/extra-typings';
import { createCommand, type Example, examplesText } from '../command-line/commands.ts';
import type { Screen } from '../command-line/screen.ts';
import type { Target } from './target.ts';

/** What a command is about and how its output looks: the options that every command has. */
export interface StackOptions {
  readonly json?: true;
  readonly data?: string;
  readonly stage?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly yes?: true;
}

/** The options that pick the same stack again, for commands that are suggested: ` --stage prod`. */
export function sameStack({ stage, data }: StackOptions): string {
  if (stage !== undefined) return ` --stage ${stage}`;
  return data === undefined ? '' : ` --data ${data}`;
}

/** One call of a command, once its words are parsed. */
export interface Session {
  readonly target: Target;
  /** Where `text` goes. */
  readonly screen: Screen;
  /**
   * Call it before anything is changed. Against a stage it shows the plan and asks, or takes `--yes`; the local stack is there
   * to be played with.
   *
   * @param plan what will be done, such as `move 12 messages of doc-verified back to its queue`; a function where it takes time
   * to find that out.
   * @throws Error where the operator does not agree; UsageError where there is no terminal to ask on.
   */
  confirm(plan: string | (() => Promise<string>), signal?: AbortSignal): Promise<void>;
}

/** What goes to standard output: a stream as it is, anything else as one JSON document with `--json`, or as `text`. */
export type Output =
  | { readonly stream: Readable }
  | {
      readonly document: unknown;
      readonly text: string;
      /** The command worked, and found something that is wrong: exit status 1. */
      readonly isProblem?: boolean;
    };

/**
 * Runs the work of a command in a session and prints its output. Commands get it as an argument, so that tests bring a target of
 * their own.
 */
export type Run = (
  options: StackOptions,
  work: (session: Session) => Promise<Output>,
  /** What to do where the stack cannot be opened, instead of failing. */
  otherwise?: (problem: unknown, session: Omit<Session, 'target'>) => Promise<Output>,
) => Promise<void>;

/** What a command's help says besides its options. */
export interface CommandHelp {
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What else there is to know. */
  readonly description?: string;
  /** When the exit status is 0. */
  readonly status0: string;
  readonly examples: readonly [Example, ...Example[]];
}

/** A command that is about a stack: this machine's, or a deployed stage. It changes nothing. */
export function stackCommand(name: string, { summary, description, status0, examples }: CommandHelp) {
  return createCommand(name)
    .summary(summary)
    .description(
      [`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, description].filter(Boolean).join('\n\n'),
    )
    .addHelpText('after', `${examplesText(examples)}\n\nExit status 0: ${status0}`)
    .option('--json', 'print one JSON document')
    .addOption(new Option('--data <dir>', 'the local stack of that data folder').helpGroup('Which stack:'))
    .addOption(new Option('--stage <name>', 'a deployed stage').conflicts('data').helpGroup('Which stack:'))
    .addOption(new Option('--region <name>', 'AWS region of the stage').helpGroup('Which stack:'))
    .addOption(new Option('--profile <name>', 'AWS profile to use').helpGroup('Which stack:'));
}

/** A command that changes something: against a stage it asks, or takes `--yes` ({@link Session.confirm}). */
export function changingCommand(name: string, help: CommandHelp) {
  return stackCommand(name, help).option('--yes', 'against a stage: do it without asking');
}
