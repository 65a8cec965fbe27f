import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'emulated', secretAccessKey: 'emulated' };

/**
 * Whether moto, an emulator of AWS's APIs, is on this machine (`pip install 'moto[server]'`). It is not a dependency of the
 * project: tests that need it are skipped elsewhere.
 */
export function motoIsInstalled(): boolean {
  return spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status === 0;
}

export interface Deployed {
  readonly status: string | undefined;
  readonly outputs: ReadonlyMap<string, string>;
  /** Type and name of what was created, by logical id. */
  readonly resources: ReadonlyMap<string, { readonly type: string; readonly id: string }>;
}

export interface Moto {
  readonly endpoint: string;
  /** Options with which a client of the AWS SDK uses it. */
  readonly client: { endpoint: string; region: string; credentials: typeof CREDENTIALS };
  /** Creates a stack. */
  deploy(StackName: string, template: object): Promise<Deployed>;
  /** Empties the account. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an emulator with an empty account, on a free port of the loopback interface. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await listening(server);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = { endpoint, region: REGION, credentials: CREDENTIALS };
  const cloudFormation = new CloudFormationClient(client);
  return {
    endpoint,
    client,
    async deploy(StackName, template) {
      const TemplateBody = JSON.stringify(template);
      await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody }));
      const { Stacks: [stack] = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      const { StackResources = [] } = await cloudFormation.send(
        new DescribeStackResourcesCommand({ StackName }),
      );
      return {
        status: stack?.StackStatus,
        outputs: new Map(
          stack?.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
        ),
        resources: new Map(
          StackResources.map(({ LogicalResourceId = '', ResourceType = '', PhysicalResourceId = '' }) => [
            LogicalResourceId,
            { type: ResourceType, id: PhysicalResourceId },
          ]),
        ),
      };
    },
    async reset() {
      const { ok, status } = await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
      if (!ok) throw new Error(`moto_server cannot be emptied: ${status}`);
    },
    async stop() {
      cloudFormation.destroy();
      const gone = once(server, 'exit');
      server.kill();
      await gone;
    },
  };
}

/** The server reports that it listens on standard error, and then writes a line for each request. */
async function listening({ stderr }: ChildProcess): Promise<void> {
  if (stderr === null) throw new Error('moto_server has no standard error');
  for await (const line of createInterface({ input: stderr })) {
    if (line.includes('Running on')) {
      stderr.resume();
      return;
    }
  }
  throw new Error('moto_server ended before it listened');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
