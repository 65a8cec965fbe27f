import { Failure } from '../../../shared/failure.ts';
import type { Accounts } from '../../../shared/ocrolus/accounts.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import { classify } from '../../../shared/ocrolus/classify.ts';
import type { OcrolusClient } from '../../../shared/ocrolus/client.ts';
import type { Lane } from '../../../shared/ocrolus/rate-limit.ts';
import type { Clock } from '../../store/testing/clock.ts';

/** What Ocrolus answers, as it would over the wire; or the failure of the call itself. */
export type Reply = { readonly httpStatus?: number; readonly body: unknown } | Failure;

export interface Asked {
  readonly operation: string;
  /** Path and query, or the whole URL where it was signed. */
  readonly target: string;
  /** Unix milliseconds. */
  readonly deadline: number;
  readonly lane: Lane | undefined;
}

/** An Ocrolus that says what a test has told it to. Every answer takes a millisecond. */
export interface ScriptedOcrolus {
  readonly accounts: Accounts;
  readonly client: OcrolusClient;
  readonly asked: Asked[];
  /** The answers to a call, in turn; the last one for ever. Replaces what was said before. */
  says(call: Call | string, ...replies: readonly Reply[]): void;
  /** How often an operation was asked for. */
  count(operation: string): number;
}

export function scriptedOcrolus(clock: Clock): ScriptedOcrolus {
  const script = new Map<string, Reply[]>();
  const asked: Asked[] = [];

  const answer = (operation: string, target: string, deadline: number, lane?: Lane) => {
    asked.push({ operation, target, deadline, lane });
    const askedAt = clock.now().toISOString();
    clock.advance(0.001);
    const replies = script.get(target) ?? [];
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply === undefined) throw new Failure('broken', `unscripted ${target}`);
    if (reply instanceof Failure) throw reply;
    const { httpStatus = 200 } = reply;
    const body = Buffer.from(JSON.stringify(reply.body));
    const verdict = classify({ httpStatus, body });
    if (verdict.kind === 'failure') throw verdict.failure;
    return { operation, body, json: reply.body, httpStatus, askedAt };
  };

  const client: OcrolusClient = {
    get: async (call, deadline, lane) => answer(call.operation, targetOf(call), deadline, lane),
    getSigned: async (url, operation, deadline) => answer(operation, url, deadline),
    send: () => Promise.reject(new Error('consumers change nothing')),
  };
  return {
    client,
    asked,
    accounts: {
      client(account) {
        if (account !== 'default') throw new Failure('refused', 'unknown-account');
        return client;
      },
    },
    says: (call, ...replies) => script.set(typeof call === 'string' ? call : targetOf(call), [...replies]),
    count: (operation) => asked.filter((one) => one.operation === operation).length,
  };
}

export function targetOf({ path, query }: Call): string {
  return query === undefined ? path : `${path}?${new URLSearchParams(query)}`;
}
