import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsFile } from '../running-stacks/data-dir.ts';
import { serveRestApi } from './api/gateway.ts';
import { readRestApi } from './api/rest-api.ts';
import { fillAccounts, readAccounts, secretObject } from './backends/accounts.ts';
import { startBackends } from './backends/backends.ts';
import { type FunctionDefinition, readFunctions } from './lambda/definition.ts';
import { pollQueue } from './lambda/event-source.ts';
import { createFunctions, MAX_ENVIRONMENTS, overridesOf } from './lambda/functions.ts';
import { consumeStream } from './lambda/stream-source.ts';
import { readChannels, readMappings, readSchedule, runSchedule } from './lambda/triggers.ts';
import { type LocalLog, logToStandardError, type StackObserver } from './log.ts';
import type { StateFolder } from './state-folder.ts';
import { readAssembly } from './template/assembly.ts';
import { synthesize } from './template/synthesize.ts';
import { createTopology } from './template/topology.ts';

export interface LocalStackOptions {
  /** Folder for the assembly and caches; created if it does not exist. */
  readonly dataDir: string;
  /** Port of the API; 0, or none, takes a free one. */
  readonly port?: number | undefined;
  /** Folder of a cloud assembly to run; without it, the app is synthesized. */
  readonly assembly?: string;
  /** Folder for V8's compile cache of the functions, which stacks of one assembly may share; default: in `dataDir`. */
  readonly compileCache?: string;
  /** Fixes the `current` webhook secret, which is otherwise generated. */
  readonly webhookSecret?: string | undefined;
  /** Address of Ocrolus, and credentials for it. Default: the template's, and no real credentials. */
  readonly ocrolus?: {
    readonly apiUrl?: string | undefined;
    readonly authUrl?: string | undefined;
    readonly clientId?: string | undefined;
    readonly clientSecret?: string | undefined;
  };
  readonly pollSeconds?: number | undefined;
  /** Keeps tables, bodies, messages and secrets across restarts; without it they are in memory. */
  readonly state?: StateFolder | undefined;
  /** Replaces the emulated DynamoDB. */
  readonly dynamodbEndpoint?: string | undefined;
  /** Environment variables that replace the template's, by function name; `*` is for all. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly log?: LocalLog;
  readonly observer?: StackObserver | undefined;
  /** Milliseconds until an execution environment without an event ends. */
  readonly idleMs?: number;
}

export type LocalStack = Awaited<ReturnType<typeof startLocalStack>>;

/** Builds the whole system on this machine from the synthesized template. */
export async function startLocalStack(options: LocalStackOptions) {
  await using starting = new AsyncDisposableStack();
  const { dataDir, ocrolus = {}, environment = {}, log = logToStandardError } = options;
  await mkdir(dataDir, { recursive: true });
  const [backends, assembly] = await Promise.all([
    startBackends({
      dynamodbEndpoint: options.dynamodbEndpoint,
      state: options.state,
      rotation: { invoke: (event) => functions.byName('rotation').invoke(event), log },
      eventsFile: eventsFile(dataDir),
    }).then((started) => starting.adopt(started, (part) => part.stop())),
    loadAssembly(options, log),
  ]);
  const { endpoints, sqs, secrets } = backends;
  const topology = createTopology(assembly, endpoints.sqs);
  await backends.create(topology);

  const definitions = readFunctions(topology, assembly);
  const consumer = definitions.find(({ variables }) => variables.TABLE_NAME !== undefined);
  const table = consumer?.variables.TABLE_NAME ?? '';
  const accounts = readAccounts(definitions);
  const { clientId = 'local-client', clientSecret = 'local-client-secret' } = ocrolus;
  fillAccounts(accounts, secrets, { webhookSecret: options.webhookSecret, clientId, clientSecret });

  const api = readRestApi(topology);
  const channels = readChannels(topology, definitions);
  const schedule = readSchedule(topology);
  const overrides = (definition: FunctionDefinition) => {
    const { apiUrl: OCROLUS_API_URL, authUrl: OCROLUS_AUTH_URL } = ocrolus;
    const addresses = { WEBHOOK_URL: server.url + api.resourcePath, OCROLUS_API_URL, OCROLUS_AUTH_URL };
    return overridesOf(addresses, environment, definition);
  };
  const functions = createFunctions(topology, definitions, {
    endpoints,
    overrides,
    compileCache: options.compileCache ?? join(dataDir, 'compile-cache'),
    log,
    observer: options.observer,
    idleMs: options.idleMs,
  });

  const mappings = readMappings(topology, MAX_ENVIRONMENTS);
  const streams = mappings.streams.map((mapping) => ({
    ...consumeStream(mapping, functions.byReference(mapping.functionArn)),
    settings: mapping.settings,
  }));
  const { openStream } = backends;
  // Before the queues are read, whose messages change the table.
  if (openStream !== undefined)
    await Promise.all(streams.map(({ settings, push }) => openStream(settings, push)));
  else if (streams.length > 0)
    log('events', 'there are none: DYNAMODB_ENDPOINT is a DynamoDB whose streams are not read');
  const pollers = new Map(
    mappings.queues.map((mapping) => [
      mapping.queueUrl,
      pollQueue(mapping, functions.byReference(mapping.functionArn), { sqs, log }),
    ]),
  );
  /** Runs the poller now, as its schedule would, or with another event. */
  const invokePoller = (event = schedule.input) => functions.byReference(schedule.functionArn).invoke(event);
  const pollSeconds = options.pollSeconds ?? schedule.seconds;
  const running = runSchedule(pollSeconds, invokePoller, log);
  starting.defer(async () => {
    for (const part of [running, ...pollers.values(), ...streams]) part.stop();
    await functions.stop();
  });

  const server = await serveRestApi(
    api,
    (arn, event) => functions.byReference(arn).invoke(event),
    options.port ?? 0,
    (status) => options.observer?.requestAnswered(status),
  );
  starting.defer(() => server.stop());
  const started = starting.move();

  const [account = 'default'] = Object.keys(accounts);
  return {
    /** URL to which Ocrolus posts, for the first account. */
    webhookUrl: server.url + api.resourcePath.replace('{account}', account),
    webhookSecret: String(secretObject(secrets, accounts[account]?.webhookSecret).current ?? ''),
    /** The Ocrolus API that the functions call. */
    ocrolusUrl: ocrolus.apiUrl ?? consumer?.variables.OCROLUS_API_URL ?? '',
    endpoints,
    table,
    bucket: consumer?.variables.BUCKET_NAME ?? '',
    queues: channels,
    accounts,
    secrets,
    /** Events that the functions have published: a file with a line of JSON for each, and listeners. */
    events: backends.events,
    functionNames: functions.names,
    pollSeconds,
    /** Invokes a function and waits for its answer. @throws Error if there is no such function. */
    invoke: async (functionName: string, event: unknown) => functions.byName(functionName).invoke(event),
    invokePoller,
    environments: (functionName: string) => functions.byName(functionName).environments(),
    /** Starts or pauses a channel's consumer. @throws Error if there is no such channel. */
    setConsuming(channel: string, isOn: boolean): void {
      const poller = pollers.get(channels[channel]?.url ?? '');
      if (poller === undefined) throw new Error(`there is no channel "${channel}"`);
      poller.setEnabled(isOn);
    },
    /** Channels whose consumers are paused. */
    pausedChannels: () =>
      Object.entries(channels).flatMap(([name, { url }]) =>
        pollers.get(url)?.isEnabled() === false ? [name] : [],
      ),
    /** Kills one execution environment, a busy one if possible. @returns whether there was one. */
    killEnvironment: (functionName: string) => functions.byName(functionName).killEnvironment(),
    /** Ends every process. State that is only in memory is lost. */
    stop: (): Promise<void> => started.disposeAsync(),
  };
}

async function loadAssembly(options: LocalStackOptions, log: LocalLog) {
  if (options.assembly !== undefined) return readAssembly(options.assembly);
  const folder = join(options.dataDir, 'cdk.out');
  await synthesize(folder, log);
  return readAssembly(folder);
}
