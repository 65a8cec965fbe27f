import { orUnusable, type StateFolder, UnusableState } from '../state-folder.ts';
import type { Topology } from '../template/topology.ts';
import { serveEventBus } from './event-bus.ts';
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
  /** Gets the events that are put on a bus. */
  readonly eventsFile: string;
}) {
  const { dynamodbEndpoint, state, rotation, eventsFile } = options;
  const guard = <T>(reason: string, open: () => T | Promise<T>) =>
    state === undefined ? Promise.resolve(open()) : orUnusable(state.path, reason, open);
  const secrets = await guard('its secrets cannot be read', () =>
    state === undefined ? createSecretStore() : openStoredSecrets(state.secretsFile),
  );
  const queues = await guard('its queues cannot be read', () => startQueues(state?.queues));
  const [tables, server, bus] = await Promise.all([
    guard('its table cannot be read', () => startTables(dynamodbEndpoint, state?.table)),
    serveSecrets(secrets, rotation),
    serveEventBus(eventsFile),
  ]);
  const endpoints = {
    sqs: queues.endpoint,
    s3: queues.endpoint,
    dynamodb: tables.endpoint,
    secretsManager: server.url,
    eventBridge: bus.url,
  };
  return {
    endpoints,
    sqs: queues.sqs,
    secrets,
    /** Events that were put on any bus. */
    events: { file: bus.file, onEvent: bus.onEvent },
    /** Absent if another DynamoDB is used. */
    openStream: tables.openStream,
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
      await Promise.all([server.stop(), bus.stop(), tables.stop(), queues.stop()]);
    },
  };
}
