import { pipeline } from 'node:stream/promises';
import { UsageError } from '../command-line/commands.ts';
import { confirm } from '../command-line/confirm.ts';
import { EXIT } from '../command-line/exit.ts';
import { printableText, screenOf } from '../command-line/screen.ts';
import type { Output, Run, Session, StackOptions } from './stack-command.ts';
import { openLocalTarget } from './target/local.ts';
import { openStageTarget } from './target/stage.ts';
import type { Target } from './target/target.ts';

/** Runs a command against the stack that its options name, and prints to standard output. */
export const run: Run = async (options, work, otherwise) => {
  useAwsOptions(options);
  const { stage, data, yes = false } = options;
  const ask = (plan: string, signal?: AbortSignal) =>
    confirm(plan, { isAgreed: yes, ...(signal && { signal }) });
  const session: Omit<Session, 'target'> = {
    screen: screenOf(process.stdout),
    async confirm(plan, signal) {
      if (stage === undefined) return;
      const words = typeof plan === 'string' ? plan : await plan();
      await ask(`Stage ${stage}: ${words}`, signal);
    },
    confirmAnywhere: (plan, signal) =>
      ask(`${stage === undefined ? 'Local stack' : `Stage ${stage}`}: ${plan}`, signal),
  };
  const open = () => (stage === undefined ? openLocalTarget(data) : openStageTarget(stage));
  let target: Target;
  try {
    target = await open();
  } catch (problem) {
    // If several local stacks run, only the operator knows which one is meant.
    const isUnclear = stage === undefined && problem instanceof UsageError;
    if (otherwise === undefined || isUnclear) throw problem;
    return print(await otherwise(problem, session), options.json === true);
  }
  const output = await work({ ...session, target });
  await print(output, options.json === true);
};

/** Sets the environment, so that the options reach every client of AWS, wherever it is created. @throws UsageError */
function useAwsOptions({ stage, region, profile }: StackOptions): void {
  if (stage === undefined && (region ?? profile) !== undefined) {
    throw new UsageError('--region and --profile are for a stage: name it with --stage');
  }
  if (region !== undefined) process.env.AWS_REGION = region;
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
}

async function print(output: Output, isJson: boolean): Promise<void> {
  if ('stream' in output) {
    await pipeline(output.stream, process.stdout, { end: false });
    return;
  }
  process.stdout.write(`${isJson ? JSON.stringify(output.document) : printableText(output.text)}\n`);
  if (output.isProblem === true) process.exitCode = EXIT.failure;
}
