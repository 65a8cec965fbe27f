import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Bodies } from '../../shared/store/bodies/result-bodies.ts';
import type { Reader } from '../../shared/store/reader.ts';
import type { DynamoTable } from '../../shared/store/table.ts';
import type { Alarm } from './alarms.ts';
import type { FunctionLogs } from './logs/function-logs.ts';
import type { OcrolusAccess } from './ocrolus-access.ts';
import type { Protection } from './protection.ts';

/** The stack that a command is about: on this machine, or deployed. */
export interface Target {
  readonly reader: Reader;
  /** The stack's table, or another one that the operator may read. */
  table(name?: string): DynamoTable;
  readonly bodies: Bodies;
  readonly sqs: SQSClient;
  /** By channel. */
  readonly queues: Readonly<Record<string, { readonly url: string; readonly dlqUrl: string | null }>>;
  /** Those that the stack serves. */
  accounts(): Promise<readonly string[]>;
  /** How the account's Ocrolus is reached. @throws Error */
  ocrolus(account: string): Promise<OcrolusAccess>;
  /** Where Ocrolus posts to. @throws Error for an account that the stack does not serve. */
  webhookUrl(account: string): string;
  /** The current signing secret of an account. @throws Error */
  webhookSecret(account: string): Promise<string>;
  /** Runs the poller once, now. @returns its report. */
  poll(): Promise<unknown>;
  /** Invokes a function. @returns what it answers. @throws Error when it fails. */
  invoke(functionName: string, event: object): Promise<unknown>;
  /**
   * Calls the control of the simulated Ocrolus (`infra/local/ocrolus/control/routes.ts`). @returns what it answers.
   *
   * @throws Error where there is none: at a stage, and where another Ocrolus is called.
   */
  simulate(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
  /** Turns protection from deletion on or off. @throws Error where there is nothing to protect. */
  protect(isOn: boolean): Promise<Protection>;
  /** What the functions wrote. */
  readonly logs: FunctionLogs;
  /**
   * How old the oldest message of each queue is, in seconds: in a stage's dead-letter queue since it came there, locally since
   * it was first queued. A queue that is empty, or of which nothing is known, is not in it.
   *
   * @returns by the queues' URLs.
   */
  queueAges(): Promise<ReadonlyMap<string, number>>;
  /** Has a channel's consumer take messages, or not. @throws Error */
  setConsuming(channel: string, isOn: boolean): Promise<void>;
  /** The alarms, whatever their state; `undefined` where there are none. */
  alarms(): Promise<readonly Alarm[] | undefined>;
}
