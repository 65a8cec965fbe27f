import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Kernel } from '../../simulation/played/kernel.ts';
import type { Core } from '../../simulation/system/core.ts';
import type { Environment } from '../../simulation/system/environment.ts';

type Ports = Environment['ports'];

/** As much of version 0.1.0 as writes the fixture, with the types that it has there. */
export interface OldProduct {
  readonly readSettings: (schema: unknown, variables: Readonly<Record<string, string>>) => unknown;
  readonly ConsumerSettings: unknown;
  readonly PollerSettings: unknown;
  readonly openConsumer: (settings: unknown, ports: Ports) => unknown;
  readonly consume: (
    channel: string,
    dependencies: unknown,
    event: { readonly Records: readonly unknown[] },
    context: { readonly getRemainingTimeInMillis: () => number; readonly awsRequestId: string },
  ) => Promise<{ readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] }>;
  readonly openPoller: (settings: unknown, ports: Ports) => unknown;
  /** @param mode `now`: an operator asks. */
  readonly poll: (
    dependencies: unknown,
    runId: string,
    remainingMs: number,
    mode: 'due' | 'now',
  ) => Promise<unknown>;
  readonly forgetBook: (
    target: {
      readonly table: unknown;
      readonly bodies: unknown;
      readonly queues: object;
      readonly sqs: object;
    },
    book: {
      readonly bookUuid: string | undefined;
      readonly bookPk: string;
      readonly account: string;
      readonly partitions: readonly string[];
    },
    options: { readonly isPreview: false; readonly signal: AbortSignal; readonly now: () => number },
  ) => Promise<unknown>;
  readonly Environment: new (core: Core, name: string) => Environment;
  readonly CHANNELS: readonly string[];
  readonly DUE_SHARDS: readonly string[];
}

const KERNEL_FILES = [
  'kernel/actors',
  'kernel/faults',
  'kernel/history',
  'kernel/memory-bodies',
  'kernel/memory-queue',
  'kernel/memory-table',
  'kernel/random',
  'kernel/scheduler',
  'ocrolus/model',
  'ocrolus/profile',
  'ocrolus/random',
  'system/core',
  'system/settings',
  'system/webhook',
].map((name) => `test/simulation/${name}.ts`);

const PRODUCT_FILES = [
  'shared/settings.ts',
  'shared/events/channels.ts',
  'shared/store/keys.ts',
  'functions/consumers/runtime/settings.ts',
  'functions/consumers/runtime/dependencies.ts',
  'functions/consumers/runtime/consume.ts',
  'functions/poller/settings.ts',
  'functions/poller/dependencies.ts',
  'functions/poller/poll.ts',
  'infra/ops/forget/forget-book.ts',
  'test/simulation/system/environment.ts',
];

/** Loads version 0.1.0 from a checkout of commit 40fb58a with its dependencies installed. */
export async function loadOldVersion(
  checkout: string,
): Promise<{ readonly kernel: Kernel; readonly product: OldProduct }> {
  const load = async (files: readonly string[]) =>
    Object.assign(
      {},
      ...(await Promise.all(files.map((file) => import(pathToFileURL(join(checkout, file)).href)))),
    );
  return { kernel: await load(KERNEL_FILES), product: await load(PRODUCT_FILES) };
}
