import { pipeline } from 'node:stream/promises';
import { UsageError } from '../command-line/commands.ts';
import { confirm } from '../command-line/confirm.ts';
import { EXIT } from '../command-line/exit.ts';
import { screenOf } from '../command-line/screen.ts';
import { openLocalTarget } from './local-target.ts';
import type { Output, Run, StackOptions } from './stack-command.ts';
import { openStageTarget } from './stage-target.ts';

/** Runs a command against the stack that its options name, and prints to standard output. */
export const run: Run = async (options, work) => {
  useAwsOptions(options);
  const { stage, data, yes = false } = options;
  const target = await (stage === undefined ? openLocalTarget(data) : openStageTarget(stage));
  const output = await work({
    target,
    screen: screenOf(process.stdout),
    async confirm(plan, signal) {
      if (stage === undefined) return;
      const words = typeof plan === 'string' ? plan : await plan();
      await confirm(`Stage ${stage}: ${words}`, { isAgreed: yes, ...(signal && { signal }) });
    },
  });
  await print(output, options.json === true);
};

/** The environment, so that the options reach every client of AWS wherever it is created. @throws UsageError */
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
  process.stdout.write(`${isJson ? JSON.stringify(output.document) : output.text}\n`);
  if (output.isProblem === true) process.exitCode = EXIT.failure;
}
