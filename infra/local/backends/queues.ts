import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp, startFauxqs } from 'fauxqs';
import * as z from 'zod';
import { ACCESS, REGION } from '../../running-stacks/access.ts';
import type { Topology } from '../template/topology.ts';

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

type App = ReturnType<typeof buildApp>;

const OPTIONS = { logger: false, defaultRegion: REGION };
const LOOPBACK = { host: '127.0.0.1', port: 0 };

/** Fastify, on which fauxqs is built, publishes each new server here. */
const NEW_SERVER = 'fastify.initialization';

/** fauxqs 2.4.1 fails when a message becomes visible early: it clears the receive count, which must not be null. */
const KEEP_RECEIVE_COUNT = `
  CREATE TRIGGER IF NOT EXISTS keep_receive_count BEFORE UPDATE ON sqs_messages
  WHEN NEW.approximate_receive_count IS NULL BEGIN
    UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = OLD.message_id;
    SELECT RAISE(IGNORE);
  END`;

/** Serves SQS and S3 from memory, on a port of the loopback interface. */
async function serveInMemory(): Promise<App> {
  const app = buildApp(OPTIONS);
  serveObjectVersions(app);
  await app.listen(LOOPBACK);
  return app;
}

/**
 * Serves SQS and S3 from a folder, which may be empty, and to which each change is written. Messages that a function of
 * an earlier run had received are visible again at once, because that function has ended.
 *
 * @throws Error if the folder holds something else.
 */
async function serveFolder(dataDir: string): Promise<App> {
  const file = join(dataDir, 'fauxqs.db');
  if (existsSync(file))
    execute(file, 'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL');
  const created: App[] = [];
  // Only `startFauxqs` has an option for a folder, but its server would listen on every interface.
  const adopt = (message: unknown) => {
    const { fastify: app } = message as { readonly fastify: App };
    const listen = app.listen.bind(app);
    Object.assign(app, { listen: () => listen(LOOPBACK) });
    created.push(app);
  };
  subscribe(NEW_SERVER, adopt);
  // It creates the server before it waits for anything.
  const starting = startFauxqs({ ...OPTIONS, dataDir });
  unsubscribe(NEW_SERVER, adopt);
  created.forEach(serveObjectVersions);
  await starting;
  const [app] = created;
  if (app === undefined) throw new Error('fauxqs has started no server that is known here');
  execute(file, KEEP_RECEIVE_COUNT);
  return app;
}

function execute(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/**
 * Lets fauxqs answer ListObjectVersions. It has no versions, and answers as for ListObjects: each object is its only
 * version, which S3 calls `null`. Deleting that version deletes the object.
 */
function serveObjectVersions(app: App): void {
  app.addHook('onSend', async (request, _reply, payload) => {
    const { searchParams } = new URL(request.url, 'http://s3');
    if (request.method !== 'GET' || !searchParams.has('versions') || typeof payload !== 'string')
      return payload;
    return payload
      .replaceAll('ListBucketResult', 'ListVersionsResult')
      .replaceAll('<Contents>', '<Version><VersionId>null</VersionId>')
      .replaceAll('</Contents>', '</Version>');
  });
}
