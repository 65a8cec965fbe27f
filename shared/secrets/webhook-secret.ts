import * as z from 'zod/mini';
import { parseJson } from '../events/json.ts';
import { readSecretText } from './secrets-manager.ts';

const filled = z.string().check(z.minLength(1));

/**
 * The text of an account's webhook secret: up to two signing secrets, and Basic credentials. Writers keep other
 * members.
 */
export const WebhookSecret = z.looseObject({
  /** 16 to 128 characters (docs/ocrolus.md#signing-secret). Absent before the first one is set. */
  current: z.optional(z.string()),
  /** Accepted after a rotation, besides `current`. */
  previous: z.optional(z.string()),
  /** ISO 8601 time until which `previous` is accepted. Absent: without end. */
  previousUntil: z.optional(z.iso.datetime()),
  basic: z._default(z.array(z.object({ username: filled, password: filled })), []),
});

export type WebhookSecret = z.infer<typeof WebhookSecret>;

/** The secret together with the pending one, which becomes `current` at the end of a rotation (docs/decisions/0011). */
export const LiveWebhookSecret = z.extend(WebhookSecret, { pending: z.optional(z.string()) });

export type LiveWebhookSecret = z.infer<typeof LiveWebhookSecret>;

/**
 * Reads a webhook secret with its pending version, because Ocrolus may sign with that at any moment.
 *
 * @returns the text of a {@link LiveWebhookSecret}.
 * @throws the error of the SDK: an incomplete secret would be worse than the last value that was read.
 */
export async function readLiveWebhookSecret(secretArn: string): Promise<string> {
  const [text, pendingText] = await Promise.all([
    readSecretText(secretArn),
    readSecretText(secretArn, 'AWSPENDING').catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    }),
  ]);
  const pending = pendingText === undefined ? undefined : parse(pendingText)?.current;
  const secret = parse(text);
  // The caller reports an unreadable text.
  if (pending === undefined || secret === undefined) return text;
  return JSON.stringify({ ...secret, pending });
}

/** True if the error says that the secret, or its version of that stage, does not exist. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}

function parse(text: string): WebhookSecret | undefined {
  return WebhookSecret.safeParse(parseJson(text), { jitless: true }).data;
}

/** Secrets whose signatures are accepted now. @param now Unix milliseconds. */
export function signingSecrets(secret: LiveWebhookSecret, now: number): string[] {
  const { current, previous, previousUntil, pending } = secret;
  const isOver = previousUntil !== undefined && Date.parse(previousUntil) <= now;
  const live = [current, isOver ? undefined : previous, pending];
  return [...new Set(live.flatMap((text) => (text === undefined || text === '' ? [] : [text])))];
}
