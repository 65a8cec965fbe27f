import { orUnusable, type StateFolder, UnusableState } from '../state-folder.ts';
import type { Topology } from '../template/topology.ts';
import { createBuckets, createQueues, startQueues } from './queues.ts';
import { createSecretStore, createSecrets, openStoredSecrets } from './secrets.ts';
import { type RotationOptions, serveSecrets } from './secrets-server.ts';
import { createTables, startTables, TableMismatch } from './tables.ts';

/** Starts the services that the functions call. @throws UnusableState if the state cannot be read. */
export async function startBackends(options: {
  /** Replaces the emulated DynamoDB. */
  readonly dynamodbEndpoint: string | undefined;
  /** Keeps tables, queues, buckets and secrets; without it they are in memory. */
  readonly state: StateFolder | undefined;
  readonly rotation: RotationOptions;
}) {
  const { dynamodbEndpoint, state, rotation } = options;
  const guard = <T>(reason: string, open: () => T | Promise<T>) =>
    state === undefined ? Promise.resolve(open()) : orUnusable(state.path, reason, open);
  const secrets = await guard('its secrets cannot be read', () =>
    state === undefined ? createSecretStore() : openStoredSecrets(state.secretsFile),
  );
  const queues = await guard('its queues cannot be read', () => startQueues(state?.queues));
  const [tables, server] = await Promise.all([
    guard('its table cannot be read', () => startTables(dynamodbEndpoint, state?.table)),
    serveSecrets(secrets, rotation),
  ]);
  const endpoints = {
    sqs: queues.endpoint,
    s3: queues.endpoint,
    dynamodb: tables.endpoint,
    secretsManager: server.url,
  };
  return {
    endpoints,
    sqs: queues.sqs,
    secrets,
    /** Creates resources of the template that do not exist yet. @throws UnusableState if the two do not fit. */
    async create(topology: Topology) {
      createSecrets(topology, secrets);
      await Promise.all([
        createQueues(topology, queues.sqs),
        createBuckets(topology, endpoints.s3),
        createTables(topology, endpoints.dynamodb).catch((error: unknown) => {
          if (state === undefined || !(error instanceof TableMismatch)) throw error;
          throw new UnusableState(state.path, error.message, { cause: error });
        }),
      ]);
    },
    async stop() {
      await Promise.all([server.stop(), tables.stop(), queues.stop()]);
    },
  };
}
