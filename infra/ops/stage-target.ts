import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { readSecretText } from '../../shared/secrets-manager.ts';
import { openBodies } from '../../shared/store/bodies/result-bodies.ts';
import { createReader } from '../../shared/store/reader.ts';
import { openTable } from '../../shared/store/table.ts';
import { stackName } from '../stack-name.ts';
import { POLL_NOW } from './poll-now.ts';
import { setProtection } from './protection.ts';
import type { Target } from './target.ts';

const Json = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(schema);
const ByName = z.record(z.string(), z.string());

/** The outputs of `infra/stack.ts` that commands need. */
const Outputs = z.object({
  TableName: z.string(),
  BucketName: z.string(),
  WebhookUrls: Json(ByName),
  QueueUrls: Json(ByName),
  DeadLetterQueueUrls: Json(ByName),
  FunctionNames: Json(ByName),
  WebhookSecretArns: Json(ByName),
});

const Secret = z.looseObject({ current: z.string() });

/** Finds a deployed stage by its outputs, with the credentials and region of the environment. @throws Error */
export async function openStageTarget(stage: string): Promise<Target> {
  const outputs = await readOutputs(stage);
  const queues = Object.entries(outputs.QueueUrls).map(([channel, url]) => {
    return [channel, { url, dlqUrl: outputs.DeadLetterQueueUrls[channel] ?? null }] as const;
  });
  const table = (name = outputs.TableName) => openTable(name);
  const bodies = openBodies(outputs.BucketName);
  const invoke = async (name: string, event: object): Promise<unknown> => {
    const FunctionName = of(outputs.FunctionNames, name, 'function');
    const { Payload, FunctionError } = await new LambdaClient({}).send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
    );
    if (FunctionError !== undefined) throw new Error(`${name} failed: ${FunctionError}`);
    return JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as unknown;
  };
  return {
    reader: createReader(table(), bodies),
    table,
    bodies,
    sqs: new SQSClient({}),
    queues: Object.fromEntries(queues),
    webhookUrl: (account) => of(outputs.WebhookUrls, account, 'account'),
    async webhookSecret(account) {
      const text = await readSecretText(of(outputs.WebhookSecretArns, account, 'account'));
      return Secret.parse(JSON.parse(text)).current;
    },
    poll: () => invoke('poller', POLL_NOW),
    invoke,
    protect: (isOn) =>
      setProtection(stackName(stage), isOn, {
        cloudFormation: new CloudFormationClient({}),
        loadBalancing: new ElasticLoadBalancingV2Client({}),
      }),
  };
}

async function readOutputs(stage: string) {
  const StackName = stackName(stage);
  const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Outputs.parse(Object.fromEntries(outputs.map((output) => [output.OutputKey, output.OutputValue])));
}

function of(named: Readonly<Record<string, string>>, name: string, what: string): string {
  const value = named[name];
  if (value === undefined) throw new Error(`the stack has no ${what} ${name}`);
  return value;
}
