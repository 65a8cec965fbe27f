import type * as z from 'zod/mini';
import { parseJson } from '../events/json.ts';

export interface CachedSecret<T> {
  /** The secret, at most `ttlSeconds` old; older only while Secrets Manager cannot be reached. */
  get(): Promise<T>;
  /** Reads the secret again unless the last attempt is less than `minAgeSeconds` old. @returns whether it was read. */
  refresh(minAgeSeconds: number): Promise<boolean>;
}

/** The text of a secret does not have the expected shape. The message does not quote it. */
export class SecretShapeError extends Error {
  override readonly name = 'SecretShapeError';

  constructor() {
    super('secret does not have the expected shape');
  }
}

/** Pause after a failed read before the next attempt; the last value is used meanwhile. */
const PAUSE_MS = 10_000;

/**
 * Keeps a secret for minutes, or until it is refused, so that a rotation needs no redeploy, and keeps serving the
 * last value when Secrets Manager fails: a passing fault there must not refuse genuine deliveries, which would lose
 * them.
 *
 * @param read fetches the secret's text.
 * @throws SecretShapeError when the text does not fit `schema`; the error of `read` when there is no value yet.
 */
export function cachedSecret<S extends z.ZodMiniType>(options: {
  readonly read: () => Promise<string>;
  readonly schema: S;
  readonly ttlSeconds: number;
  readonly now?: () => number;
}): CachedSecret<z.output<S>> {
  const { read, schema, ttlSeconds, now = Date.now } = options;
  let kept: { readonly value: z.output<S>; readonly readAt: number } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<z.output<S>> | undefined;

  const readNow = async (): Promise<z.output<S>> => {
    triedAt = now();
    const parsed = schema.safeParse(parseJson(await read()), { jitless: true });
    if (!parsed.success) throw new SecretShapeError();
    kept = { value: parsed.data, readAt: now() };
    return parsed.data;
  };
  const readOnce = (): Promise<z.output<S>> => {
    reading ??= readNow().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return {
    async get() {
      if (kept !== undefined && now() - kept.readAt < ttlSeconds * 1000) return kept.value;
      // While reads fail, most deliveries must not wait for another failure.
      if (kept !== undefined && now() - failedAt < PAUSE_MS) return kept.value;
      try {
        return await readOnce();
      } catch (error) {
        if (kept === undefined) throw error;
        failedAt = now();
        return kept.value;
      }
    },
    async refresh(minAgeSeconds) {
      // Counted from the last attempt, not from the last success: an outsider may cause these reads.
      if (now() - triedAt < minAgeSeconds * 1000) return false;
      try {
        await readOnce();
        return true;
      } catch {
        return false;
      }
    },
  };
}
