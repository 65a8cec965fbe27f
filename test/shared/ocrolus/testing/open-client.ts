import { calls } from '../../../../shared/ocrolus/calls.ts';
import { createOcrolusClient } from '../../../../shared/ocrolus/client.ts';
import type { RateLimiter, Weight } from '../../../../shared/rate-limit/limiter.ts';
import { type Answering, fakeFetch, json } from './fake-fetch.ts';

export const DEADLINE = 60_000;

export const status = calls.bookStatus({ bookUuid: 'b' });

export function open(answer: Answering, apiUrl = 'https://api.example') {
  const recorded = {
    now: 0,
    taken: [] as Weight[],
    takeFails: undefined as Error | undefined,
    pauses: [] as number[],
    pauseFails: false,
    discarded: [] as string[],
    tokensGiven: 0,
    tokenFails: undefined as Error | undefined,
    waits: [] as number[],
    timeouts: [] as number[],
    measured: [] as [string, number][],
    rateLimited: 0,
    authFailed: 0,
  };
  const limiter: RateLimiter = {
    take: async (weight) => {
      if (recorded.takeFails !== undefined) throw recorded.takeFails;
      recorded.taken.push(weight);
    },
    pause: async (seconds) => {
      if (recorded.pauseFails) throw new Error('throttled');
      recorded.pauses.push(seconds);
    },
  };
  const { send, sent } = fakeFetch(answer);
  const client = createOcrolusClient({
    apiUrl,
    tokens: {
      get: async () => {
        if (recorded.tokenFails !== undefined) throw recorded.tokenFails;
        recorded.tokensGiven += 1;
        return `token-${recorded.tokensGiven}`;
      },
      discard: (token) => void recorded.discarded.push(token),
    },
    limiter,
    ports: {
      fetch: send,
      now: () => recorded.now,
      random: () => 0.5,
      timeout: (milliseconds) => {
        recorded.timeouts.push(milliseconds);
        return new AbortController().signal;
      },
      wait: async (milliseconds) => {
        recorded.waits.push(milliseconds);
        recorded.now += milliseconds;
      },
    },
    onRateLimited: () => {
      recorded.rateLimited += 1;
    },
    onNoToken: () => {
      recorded.authFailed += 1;
    },
    onAnswer: (operation, httpStatus) => void recorded.measured.push([operation, httpStatus]),
  });
  return { recorded, client, sent };
}

export const ok = () => json(200, { status: 200, response: { a: 1 } });

/** Answers in turn; the last one stays. */
export const inTurn = (...answers: (() => Response)[]): Answering => {
  return (_, index) => (answers[index] ?? answers.at(-1) ?? ok)();
};
