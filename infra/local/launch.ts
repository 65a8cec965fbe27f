import { serveConsole } from '../console/server.ts';
import { REGION } from '../running-stacks/access.ts';
import type { ReadyDocument } from '../running-stacks/data-dir.ts';
import { newToken } from '../running-stacks/loopback-server.ts';
import { registerStack, unregisterStack } from '../running-stacks/registry.ts';
import { claimDataDir } from './claim.ts';
import { Journal } from './console/journal.ts';
import { openLocalSource } from './console/source.ts';
import { serveControl } from './control.ts';
import { logToBoth, logToFile } from './log.ts';
import { openBookJournal } from './ocrolus/journal.ts';
import type { SimulatorOptions } from './ocrolus/options.ts';
import { type Simulator, startSimulator } from './ocrolus/simulator.ts';
import { type LocalSettings, timeScaleOf } from './settings.ts';
import { type LocalStack, type LocalStackOptions, startLocalStack } from './stack.ts';
import { openStateFolder, orUnusable, type StateFolder } from './state-folder.ts';

export type Launched = Awaited<ReturnType<typeof launch>>;

/** Claims the data folder, starts the simulator and the stack, and publishes their addresses. */
export async function launch(
  settings: LocalSettings,
  options: Pick<LocalStackOptions, 'environment' | 'assembly' | 'compileCache'> & {
    readonly simulator?: Partial<SimulatorOptions>;
    /** Keeps the log out of the terminal. */
    readonly quiet?: boolean;
    /** Lets `ops` find the stack without `--data`. */
    readonly isRegistered?: boolean;
  } = {},
) {
  const { dataDir, stateDir, environment, port } = settings;
  await using starting = new AsyncDisposableStack();
  let stack: LocalStack | undefined;
  let simulator: Simulator | undefined;
  const token = newToken();
  const control = await serveControl(token, () => ({ stack, simulator }));
  starting.defer(() => control.stop());
  const claim = await claimDataDir(dataDir, { url: control.url, token });
  starting.defer(() => claim.release());
  // Opened after the claim, because another stack may be writing its log here.
  const toFile = await logToFile(dataDir, stateDir !== undefined);
  const state = stateDir === undefined ? undefined : await openStateFolder(stateDir);
  const isSilent = options.quiet === true || settings.json;
  const log = isSilent ? toFile : logToBoth(toFile);

  const clientId = environment.OCROLUS_CLIENT_ID ?? 'local-client';
  const clientSecret = environment.OCROLUS_CLIENT_SECRET ?? 'local-client-secret';
  if (settings.simulator) {
    const stored = await storedBooks(state);
    simulator = await startSimulator({ ...options.simulator, clientId, clientSecret, ...stored });
  }
  starting.defer(async () => simulator?.close());

  const journal = new Journal();
  stack = await startLocalStack({
    ...(options.assembly !== undefined && { assembly: options.assembly }),
    ...(options.compileCache !== undefined && { compileCache: options.compileCache }),
    dataDir,
    state,
    port,
    log: (source, line) => {
      log(source, line);
      journal.logged(line);
    },
    observer: journal,
    webhookSecret: environment.WEBHOOK_SECRET,
    ocrolus: {
      apiUrl: simulator?.url ?? environment.OCROLUS_API_URL,
      authUrl: simulator?.url ?? environment.OCROLUS_AUTH_URL ?? environment.OCROLUS_API_URL,
      clientId,
      clientSecret,
    },
    pollSeconds: environment.POLL_SECONDS,
    dynamodbEndpoint: environment.DYNAMODB_ENDPOINT,
    environment: {
      ...options.environment,
      '*': {
        ...(environment.POLL_SECONDS !== undefined && timeScaleOf(environment.POLL_SECONDS)),
        ...options.environment?.['*'],
      },
    },
  });
  simulator?.setWebhook({ url: stack.webhookUrl, secret: stack.webhookSecret });
  starting.defer(() => stack?.stop());

  const console = await serveConsole(openLocalSource({ stack, simulator, journal, dataDir }));
  starting.defer(() => console.stop());

  const document = describe(stack, console.url);
  await claim.announce({
    ...document,
    control: { url: control.url, token },
    secretsManager: { endpoint: stack.endpoints.secretsManager },
    pollSeconds: stack.pollSeconds,
  });
  if (options.isRegistered === true) {
    await registerStack(dataDir);
    starting.defer(() => unregisterStack(dataDir));
  }
  const started = starting.move();
  return {
    stack,
    /** Absent if the functions call another Ocrolus. */
    simulator,
    document,
    /** Ends every process and removes the stack's entry. */
    stop: (): Promise<void> => started.disposeAsync(),
  };
}

async function storedBooks(state: StateFolder | undefined): Promise<Partial<SimulatorOptions>> {
  if (state === undefined) return {};
  const journal = await orUnusable(state.path, 'its simulated books cannot be read', () =>
    openBookJournal(state.booksFile),
  );
  return { journal };
}

function describe(stack: LocalStack, consoleUrl: string): ReadyDocument {
  return {
    ready: true,
    pid: process.pid,
    webhookUrl: stack.webhookUrl,
    webhookSecret: stack.webhookSecret,
    ocrolusUrl: stack.ocrolusUrl,
    consoleUrl,
    region: REGION,
    dynamodb: { endpoint: stack.endpoints.dynamodb, table: stack.table },
    sqs: { endpoint: stack.endpoints.sqs, queues: { ...stack.queues } },
    s3: { endpoint: stack.endpoints.s3, bucket: stack.bucket },
    eventBridge: { endpoint: stack.endpoints.eventBridge, file: stack.events.file },
  };
}
