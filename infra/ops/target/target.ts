import type { SQSClient } from '@aws-sdk/client-sqs';
import { ApiCredentials, type OcrolusSettings } from '../../../shared/ocrolus/settings.ts';
import type { Bodies } from '../../../shared/store/bodies/result-bodies.ts';
import type { Reader } from '../../../shared/store/reader.ts';
import type { DynamoTable } from '../../../shared/store/table.ts';
import type { FunctionLogs } from '../logs/function-logs.ts';
import type { Range, Series, Values } from '../metrics/series.ts';
import type { Alarm } from './alarms.ts';
import type { Protection } from './protection.ts';

/** The stack that a command uses: the local one, or a deployed stage. */
export interface Target {
  readonly reader: Reader;
  /** The stack's table, or another one that the operator may read. */
  table(name?: string): DynamoTable;
  /**
   * Time since which every delivery is in the index of the ledger. `undefined` if the stack has none, or is local: its table
   * is small, and may be older.
   */
  ledgerIndexedSince(): Promise<string | undefined>;
  readonly bodies: Bodies;
  readonly sqs: SQSClient;
  /** By channel. */
  readonly queues: Readonly<Record<string, { readonly url: string; readonly dlqUrl: string | null }>>;
  accounts(): Promise<readonly string[]>;
  /** Access to the account's Ocrolus. @throws Error */
  ocrolus(account: string): Promise<OcrolusAccess>;
  /** URL to which Ocrolus posts. @throws Error for an account that the stack does not serve. */
  webhookUrl(account: string): string;
  /** Current signing secret of an account. @throws Error */
  webhookSecret(account: string): Promise<string>;
  /** Runs the poller once, now. @returns its report. */
  poll(): Promise<unknown>;
  /** Invokes a function. @returns its answer. @throws Error if it fails. */
  invoke(functionName: string, event: object): Promise<unknown>;
  /**
   * Calls the control of the simulated Ocrolus (`infra/local/ocrolus/control/routes.ts`). @returns its answer.
   *
   * @throws Error for a stage, and for a local stack that calls another Ocrolus.
   */
  simulate(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Turns protection from deletion on or off. @throws Error if there is nothing to protect. */
  protect(isOn: boolean): Promise<Protection>;
  readonly logs: FunctionLogs;
  /**
   * Age of the oldest message of each queue, in seconds: in a stage's dead-letter queue since it was moved there,
   * locally since it was first sent. Empty queues, and those of unknown age, are left out.
   *
   * @returns by the queues' URLs.
   */
  queueAges(): Promise<ReadonlyMap<string, number>>;
  /** Starts or stops a channel's consumer. @throws Error */
  setConsuming(channel: string, isOn: boolean): Promise<void>;
  /** Channels whose consumers are paused, by `ops pause` or otherwise. @throws Error */
  pausedChannels(): Promise<readonly string[]>;
  /** Series of metrics over time. */
  metrics(series: readonly Series[], range: Range): Promise<Values>;
  /** All alarms; `undefined` for the local stack, which has none. */
  alarms(): Promise<readonly Alarm[] | undefined>;
  /** Seconds between two runs of the poller; `undefined` for a stage, where the schedule defines them. */
  readonly pollSeconds: number | undefined;
}

/** Addresses of an account's Ocrolus, and credentials for it. */
export interface OcrolusAccess {
  readonly apiUrl: string;
  readonly authUrl: string;
  readonly tokenFormat: OcrolusSettings['OCROLUS_TOKEN_FORMAT'];
  readonly audience: string | undefined;
  /** `undefined` until the secret is filled in. */
  readonly credentials: ApiCredentials | undefined;
  /** ISO 8601 time of the last change of the credentials, if it is known. */
  readonly changedAt?: string | undefined;
}

/** @param text of an account's credentials secret. */
export function readCredentials(text: string): ApiCredentials | undefined {
  try {
    const { clientId, clientSecret } = ApiCredentials.parse(JSON.parse(text));
    return clientId === '' || clientSecret === '' ? undefined : { clientId, clientSecret };
  } catch {
    return undefined;
  }
}

/** Event for the poller on an operator's request: books with missing results are polled even if they are not due. */
export const POLL_NOW = { mode: 'now' } as const;
