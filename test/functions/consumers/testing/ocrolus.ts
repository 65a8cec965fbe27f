import { Readable } from 'node:stream';
import { Failure } from '../../../../shared/failure.ts';
import type { Accounts } from '../../../../shared/ocrolus/accounts.ts';
import type { Call } from '../../../../shared/ocrolus/calls.ts';
import { classify } from '../../../../shared/ocrolus/classify.ts';
import type { OcrolusClient, Reply } from '../../../../shared/ocrolus/client.ts';
import { classifyFile } from '../../../../shared/ocrolus/files.ts';
import { MAX_ERROR_BYTES, type Receive } from '../../../../shared/ocrolus/read-answer.ts';
import type { Clock } from '../../../shared/store/testing/clock.ts';

/**
 * An answer of Ocrolus, as over the wire, or the failure of the call itself. The body is JSON, unless it is bytes with a
 * media type. `limit`: the number of rows that the client has asked for.
 */
export type ScriptedReply =
  | {
      readonly httpStatus?: number;
      readonly body: unknown;
      readonly contentType?: string;
      readonly limit?: number;
    }
  | Failure;

export interface Asked {
  readonly operation: string;
  /** Path and query, or the whole URL where it was signed. */
  readonly target: string;
  /** Unix milliseconds. */
  readonly deadline: number;
}

/** An Ocrolus that says what a test has set. Every answer takes a millisecond. */
export interface ScriptedOcrolus {
  readonly accounts: Accounts;
  readonly client: OcrolusClient;
  readonly asked: Asked[];
  /** Called before each answer, as something that happens in the meantime. */
  before: (target: string) => Promise<void> | void;
  /** The answers to a call, in turn; the last one repeats. Replaces what was set before. */
  says(call: Call | string, ...replies: readonly ScriptedReply[]): void;
  /** The answers that are set for a call. */
  script(call: Call): readonly ScriptedReply[];
  /** Number of requests for an operation. */
  count(operation: string): number;
}

const BESIDES = new Set(['book-info', 'business-identifier']);

export function scriptedOcrolus(clock: Clock, names: readonly string[] = ['default']): ScriptedOcrolus {
  const script = new Map<string, ScriptedReply[]>();
  const asked: Asked[] = [];

  const answer = async (
    operation: string,
    target: string,
    deadline: number,
    { notEnabledCode, isFile }: Pick<Call, 'notEnabledCode' | 'isFile'> = {},
  ): Promise<Reply> => {
    // Asked for in most tests beside what they are about: counted only where a test scripts it.
    if (BESIDES.has(operation) && !script.has(target))
      return { kind: 'refused', code: 'http-404', askedAt: new Date(clock.now()).toISOString() };
    asked.push({ operation, target, deadline });
    await ocrolus.before(target);
    const askedAt = new Date(clock.now()).toISOString();
    clock.advance(0.001);
    const replies = script.get(target) ?? [];
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply === undefined) throw new Failure('broken', `unscripted ${target}`);
    if (reply instanceof Failure) throw reply;
    const { httpStatus = 200, contentType, limit } = reply;
    const isBytes = reply.body instanceof Uint8Array;
    const body = isBytes ? Buffer.from(reply.body) : Buffer.from(JSON.stringify(reply.body));
    const verdict = (isFile === true ? classifyFile : classify)({ httpStatus, body }, notEnabledCode);
    const file = isFile === true && { contentType: contentType ?? 'application/octet-stream' };
    const rows = limit !== undefined && { limit };
    switch (verdict.kind) {
      case 'ok':
        return {
          kind: 'ok',
          answer: {
            operation,
            body,
            json: isBytes ? undefined : reply.body,
            httpStatus,
            askedAt,
            ...rows,
            ...file,
          },
        };
      case 'throttled':
      case 'failed':
        throw new Failure('retry', verdict.code);
      case 'auth':
        return { kind: 'refused', code: 'auth', askedAt };
      default:
        return { ...verdict, askedAt };
    }
  };

  const client: OcrolusClient = {
    ask: (call, deadline) => answer(call.operation, targetOf(call), deadline, call),
    async get(call, deadline) {
      const reply = await answer(call.operation, targetOf(call), deadline);
      if (reply.kind !== 'ok') throw new Failure('refused', reply.code);
      return reply.answer;
    },
    fetch: (call, deadline, receive) =>
      receiveLarge(answer(call.operation, targetOf(call), deadline, call), receive),
    getSigned: (url, operation, deadline, receive) => receiveLarge(answer(operation, url, deadline), receive),
  };
  const ocrolus: ScriptedOcrolus = {
    client,
    asked,
    before: () => {},
    accounts: {
      names,
      client(account) {
        if (!names.includes(account)) throw new Failure('refused', 'unknown-account');
        return client;
      },
    },
    says: (call, ...replies) => script.set(typeof call === 'string' ? call : targetOf(call), [...replies]),
    script: (call) => script.get(targetOf(call)) ?? [],
    count: (operation) => asked.filter((one) => one.operation === operation).length,
  };
  return ocrolus;
}

/** A body that is no error for its size alone is given away as a stream, as the real client does. */
async function receiveLarge<Large>(
  asked: Promise<Reply>,
  receive: Receive<Large>,
): Promise<Reply<Buffer | Large>> {
  const reply = await asked;
  if (reply.kind !== 'ok' || reply.answer.body.length <= MAX_ERROR_BYTES) return reply;
  const received = await receive(Readable.from([reply.answer.body]), new AbortController().signal);
  return { kind: 'ok', answer: { ...reply.answer, ...received } };
}

export function targetOf({ path, query }: Call): string {
  return query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
}
