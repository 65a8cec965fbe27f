import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Queue } from './queue.ts';
import { readSecretText } from './secrets/secrets-manager.ts';
import type { Bodies } from './store/bodies/result-bodies.ts';
import type { Table } from './store/table.ts';
import { writeLine } from './telemetry/log.ts';

/**
 * Everything outside the process that consumers and poller use: time, randomness, network and AWS. Tests and the
 * simulation replace it as a whole, so that the same seed gives the same history.
 */
export interface Ports {
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** A unique id. */
  readonly id: () => string;
  /** A signal that aborts after this time. */
  readonly timeout: (milliseconds: number) => AbortSignal;
  readonly fetch: typeof fetch;
  readonly table: Table;
  readonly queue: Queue;
  readonly bodies: Bodies;
  /** The text of a secret. @throws the error of Secrets Manager. */
  readonly secret: (arn: string) => Promise<string>;
  /** Writes one line of log. */
  readonly line: (text: string) => void;
}

/** The ports of functions that use neither table nor queues. */
export type NetworkPorts = Omit<Ports, 'table' | 'queue' | 'bodies'>;

export function openNetworkPorts(): NetworkPorts {
  return {
    now: Date.now,
    wait: delay,
    random: Math.random,
    id: randomUUID,
    timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
    fetch,
    secret: readSecretText,
    line: writeLine,
  };
}
