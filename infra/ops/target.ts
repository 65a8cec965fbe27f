import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Bodies } from '../../shared/store/bodies/result-bodies.ts';
import type { Reader } from '../../shared/store/reader.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import type { Alarm } from './alarms.ts';
import type { FunctionLogs } from './logs/function-logs.ts';
import type { OcrolusAccess } from './ocrolus-access.ts';
import type { Protection } from './protection.ts';

/** The stack that a command uses: the local one, or a deployed stage. */
export interface Target {
  readonly reader: Reader;
  /** The stack's table, or another one that the operator may read. */
  table(name?: string): DynamoTable;
  readonly bodies: Bodies;
  readonly sqs: SQSClient;
  /** By channel. */
  readonly queues: Readonly<Record<string, { readonly url: string; readonly dlqUrl: string | null }>>;
  /** The accounts that the stack serves. */
  accounts(): Promise<readonly string[]>;
  /** How the account's Ocrolus is reached. @throws Error */
  ocrolus(account: string): Promise<OcrolusAccess>;
  /** Where Ocrolus posts to. @throws Error for an account that the stack does not serve. */
  webhookUrl(account: string): string;
  /** The current signing secret of an account. @throws Error */
  webhookSecret(account: string): Promise<string>;
  /** Runs the poller once, now. @returns its report. */
  poll(): Promise<unknown>;
  /** Invokes a function. @returns its answer. @throws Error when it fails. */
  invoke(functionName: string, event: object): Promise<unknown>;
  /**
   * Calls the control of the simulated Ocrolus (`infra/local/ocrolus/control/routes.ts`). @returns its answer.
   *
   * @throws Error for a stage, and for a local stack that calls another Ocrolus.
   */
  simulate(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Turns protection from deletion on or off. @throws Error where there is nothing to protect. */
  protect(isOn: boolean): Promise<Protection>;
  /** What the functions wrote. */
  readonly logs: FunctionLogs;
  /**
   * The age of the oldest message of each queue, in seconds: in a stage's dead-letter queue since it was moved there, locally
   * since it was first sent. Queues that are empty or whose age is not known are left out.
   *
   * @returns by the queues' URLs.
   */
  queueAges(): Promise<ReadonlyMap<string, number>>;
  /** Starts or stops a channel's consumer. @throws Error */
  setConsuming(channel: string, isOn: boolean): Promise<void>;
  /** Every alarm; `undefined` for the local stack, which has none. */
  alarms(): Promise<readonly Alarm[] | undefined>;
  /** Seconds between two runs of the poller; `undefined` for a stage, where the schedule says so. */
  readonly pollSeconds: number | undefined;
}
