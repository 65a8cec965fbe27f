import { createHash } from 'node:crypto';
import type { Payload } from '../../shared/events/envelope.ts';
import { decodeUtf8 } from '../../shared/events/identify.ts';
import { toQueueText } from '../../shared/events/queue-message.ts';

/**
 * Largest body that travels inside a queue message. A message may have 1 MiB since 2025 (AWS: SQS quotas); the limit
 * stays below the older 256 KiB, with room for base64, JSON escapes and ids.
 */
export const MAX_INLINE_BYTES = 120 * 1024;

/** Puts the body into the message, or into the bucket if it is too large. @throws the error of the SDK. */
export async function toPayload(
  rawBody: Buffer,
  store: (key: string, body: Buffer) => Promise<{ bucket: string; key: string }>,
): Promise<Payload> {
  // Every byte becomes at least one character of the message.
  if (rawBody.length > MAX_INLINE_BYTES) return storeLarge(rawBody, store);
  const text = decodeUtf8(rawBody);
  const encoded: Payload =
    text === undefined
      ? { encoding: 'base64', body: rawBody.toString('base64') }
      : { encoding: 'utf8', body: text };
  if (toQueueText(encoded.body).length <= MAX_INLINE_BYTES) return encoded;
  return storeLarge(rawBody, store);
}

async function storeLarge(rawBody: Buffer, store: Parameters<typeof toPayload>[1]): Promise<Payload> {
  // Named by content, so that a retry of Ocrolus only writes the same object again.
  const key = `deliveries/${createHash('sha256').update(rawBody).digest('hex')}`;
  return { encoding: 's3', ...(await store(key, rawBody)), bytes: rawBody.length };
}
