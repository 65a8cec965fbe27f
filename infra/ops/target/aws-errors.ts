import type { __Client, SendMessageCommandOutput } from '@aws-sdk/client-sqs';
import { awsText, isExplained, markExplained } from '../../command-line/error-text.ts';

/** Part of every answer of AWS. */
type Answer = Pick<SendMessageCommandOutput, '$metadata'>;

/** Parts of an SDK client that are used here. */
interface CallingClient<Input extends object, Output extends Answer> {
  readonly middlewareStack: __Client<unknown, Input, Output, never>['middlewareStack'];
  readonly config: { readonly region: string | (() => Promise<string>) };
}

/**
 * Makes the message of every error of a client one line with the call, region, profile, and what to do: `AWS CloudFormation
 * DescribeStacks, region us-east-1, profile prod: these credentials may not do that: …`. The class of the error does not change.
 */
export function explainErrors<I extends object, O extends Answer, C extends CallingClient<I, O>>(
  client: C & CallingClient<I, O>,
): C {
  client.middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const call = `${clientName} ${commandName}`.replaceAll(/Client\b|Command\b/g, '');
          explainError(error, call, await regionOf(client.config.region));
          throw error;
        }
      },
    { step: 'initialize', priority: 'high', name: 'explainErrors' },
  );
  return client;
}

function explainError(error: unknown, call: string, region: string): void {
  if (!(error instanceof Error) || isExplained(error)) return;
  const { AWS_PROFILE, AWS_ACCESS_KEY_ID } = process.env;
  const profile = AWS_PROFILE || (AWS_ACCESS_KEY_ID ? 'none (keys from the environment)' : 'default');
  error.message = `AWS ${call}, region ${region}, profile ${profile}: ${awsText(error)}`;
  markExplained(error);
}

/** Region of a client. Neither the environment nor the profile may have one, as the SDK's error then also says. */
async function regionOf(region: string | (() => Promise<string>)): Promise<string> {
  if (typeof region === 'string') return region;
  return region().catch(() => 'none (use --region)');
}
