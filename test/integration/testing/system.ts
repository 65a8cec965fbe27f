import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SimulatorOptions } from '../../../infra/local/ocrolus/options.ts';
import { type Simulator, startSimulator } from '../../../infra/local/ocrolus/simulator.ts';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '../../../infra/local/stack.ts';
import { openClients } from '../../../infra/running-stacks/clients.ts';
import type { Reader } from '../../../shared/store/reader.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';

/** The system as it is deployed, from the synthesized template and the real bundles, with a fake Ocrolus. */
export interface System {
  readonly stack: LocalStack;
  readonly simulator: Simulator;
  readonly table: DynamoTable;
  readonly reader: Reader;
  readonly sqs: SQSClient;
  /** Messages in the channels' queues, or in their dead-letter queues: visible, in flight and delayed. */
  messages(which: 'url' | 'dlqUrl'): Promise<number>;
  stop(): Promise<void>;
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** @param options.assembly folder of the synthesized app; without it, the app is synthesized. */
export async function startSystem(
  options: Pick<LocalStackOptions, 'dynamodbEndpoint' | 'environment' | 'log'> & {
    readonly assembly?: string;
    readonly simulator: Partial<SimulatorOptions>;
  },
): Promise<System> {
  const { assembly, simulator: habits, ...ofStack } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'ocrolus-webhooks-'));
  const simulator = await startSimulator(habits);
  const { url } = simulator;
  const stack = await startLocalStack({
    ...ofStack,
    dataDir,
    ...(assembly !== undefined && { assembly, compileCache: join(assembly, 'compile-cache') }),
    ocrolus: {
      apiUrl: url,
      authUrl: url,
      clientId: 'simulator-client',
      clientSecret: 'simulator-client-secret',
    },
    // The tests say when it runs.
    pollSeconds: 86_400,
  });
  simulator.setWebhook({ url: stack.webhookUrl, secret: stack.webhookSecret });

  const { table, reader, sqs } = openClients(stack);
  return {
    stack,
    simulator,
    table: table(),
    reader,
    sqs,
    async messages(which) {
      const counts = await Promise.all(
        Object.values(stack.queues).map(async ({ [which]: QueueUrl }) => {
          if (QueueUrl === null) return 0;
          const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] });
          const { Attributes = {} } = await sqs.send(command);
          return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
        }),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async stop() {
      await simulator.close();
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
