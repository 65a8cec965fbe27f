import type { __Client, SendMessageCommandOutput } from '@aws-sdk/client-sqs';

/** What every answer of AWS has. */
type Answer = Pick<SendMessageCommandOutput, '$metadata'>;

/** Any client of the SDK, as far as calls are concerned. */
interface CallingClient<Input extends object, Output extends Answer> {
  readonly middlewareStack: __Client<unknown, Input, Output, never>['middlewareStack'];
  readonly config: { readonly region: string | (() => Promise<string>) };
}

/** Errors whose call has been named already. */
const named = new WeakSet<object>();

/**
 * Has every error of a client say in one line what was tried, in which region, with which profile: `AWS CloudFormation
 * DescribeStacks, region us-east-1, profile prod: AccessDenied: …`. The errors stay what they are.
 */
export function nameCalls<I extends object, O extends Answer, C extends CallingClient<I, O>>(
  client: C & CallingClient<I, O>,
): C {
  client.middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const call = `${clientName} ${commandName}`.replaceAll(/Client\b|Command\b/g, '');
          nameCall(error, call, await regionOf(client.config.region));
          throw error;
        }
      },
    { step: 'initialize', priority: 'high', name: 'nameCalls' },
  );
  return client;
}

function nameCall(error: unknown, call: string, region: string): void {
  if (!(error instanceof Error) || named.has(error)) return;
  named.add(error);
  const { AWS_PROFILE, AWS_ACCESS_KEY_ID } = process.env;
  const profile = AWS_PROFILE || (AWS_ACCESS_KEY_ID ? 'none (keys from the environment)' : 'default');
  const problem = `${error.name}: ${error.message}`.replaceAll(/\s+/g, ' ');
  error.message = `AWS ${call}, region ${region}, profile ${profile}: ${problem}`;
}

/** There is none where neither the environment nor the profile names one; the error says so, too. */
async function regionOf(region: string | (() => Promise<string>)): Promise<string> {
  if (typeof region === 'string') return region;
  return region().catch(() => 'none (use --region)');
}
