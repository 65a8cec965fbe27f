import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { ACCESS } from '../../running-stacks/access.ts';
import type { Topology } from '../template/topology.ts';
import { serveFolder, serveInMemory } from './fauxqs.ts';

/**
 * Starts SQS and S3.
 *
 * @param folder keeps queues and buckets; without it they are in memory.
 * @throws Error if the folder cannot be read.
 */
export async function startQueues(folder?: string) {
  const app = await (folder === undefined ? serveInMemory() : serveFolder(folder));
  const endpoint = app.listeningOrigin;
  const sqs = new SQSClient({
    ...ACCESS,
    endpoint,
    // Every queue holds a long poll open.
    requestHandler: { httpAgent: { maxSockets: 256, keepAlive: true } },
  });
  return {
    endpoint,
    sqs,
    /** Ends long polls with an empty answer, then closes. */
    async stop() {
      await app.close();
      sqs.destroy();
    },
  };
}

const Seconds = z.coerce.string();

const Queue = z.object({
  VisibilityTimeout: Seconds.exactOptional(),
  MessageRetentionPeriod: Seconds.exactOptional(),
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })
    .transform((policy) => JSON.stringify(policy))
    .exactOptional(),
});

/**
 * Creates every queue of the template, and updates those of an earlier run. The order does not matter, because fauxqs
 * looks up a dead-letter queue when it is needed.
 */
export async function createQueues(topology: Topology, sqs: SQSClient): Promise<void> {
  await Promise.all(
    topology.idsOf('AWS::SQS::Queue').map(async (id) => {
      const { name, ref: QueueUrl } = topology.identity(id);
      const Attributes = topology.properties(id, Queue);
      await sqs
        .send(new CreateQueueCommand({ QueueName: name, Attributes }))
        .catch(async (error: unknown) => {
          // fauxqs names the error without the class of the SDK.
          if (!(error instanceof Error && error.name.endsWith('QueueNameExists'))) throw error;
          await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
        });
    }),
  );
}

/** Creates every bucket of the template. Policies, lifecycle and encryption are left out. */
export async function createBuckets(topology: Topology, endpoint: string): Promise<void> {
  const s3 = new S3Client({ ...ACCESS, endpoint, forcePathStyle: true });
  try {
    for (const id of topology.idsOf('AWS::S3::Bucket')) {
      await s3.send(new CreateBucketCommand({ Bucket: topology.identity(id).name }));
    }
  } finally {
    s3.destroy();
  }
}
