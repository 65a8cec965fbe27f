import { randomUUID } from 'node:crypto';
import { signatureOf } from '../../shared/secrets/signature.ts';
import type { WebhookSecret } from '../../shared/secrets/webhook-secret.ts';
import type { RegistrationDependencies, Trial } from './registration.ts';
import { isSigning } from './signing-secret.ts';

/** Ocrolus's test ping, which the webhook answers and does not queue (docs/ocrolus.md#test-ping). */
const PING = '{"status":"VERIFICATION_COMPLETE","uploaded_doc_pk":0,"book_pk":0}';

const TIMEOUT_MS = 3000;

/**
 * Posts a test ping as Ocrolus does, to find out whether the webhook accepts our secret before Ocrolus signs with it.
 * Many webhooks cannot be reached from here, because they only admit their VPC or Ocrolus.
 */
export async function trySecret(
  url: string,
  secret: WebhookSecret,
  authentication: RegistrationDependencies['authentication'],
  send: typeof fetch = fetch,
): Promise<Trial> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const ping = signedPing(secret, authentication);
  try {
    return trialOf((await send(url, { method: 'POST', ...ping, redirect: 'error', signal })).status);
  } catch {
    return 'unreachable';
  }
}

/** A test ping as Ocrolus would sign it with this secret. */
export function signedPing(
  { current, basic }: WebhookSecret,
  authentication: RegistrationDependencies['authentication'],
) {
  const credentials = authentication === 'signature' ? undefined : basic[0];
  const headers: Readonly<Record<string, string>> = {
    'content-type': 'application/json',
    ...signatureHeaders(current),
    ...basicHeader(credentials),
  };
  return { headers, body: PING };
}

/** What the status of the answer says of the secret. */
export function trialOf(status: number): Trial {
  if (status === 200) return 'accepted';
  return status === 401 ? 'refused' : 'unreachable';
}

function signatureHeaders(current: string | undefined): Record<string, string> {
  if (!isSigning(current)) return {};
  const timestamp = String(Math.floor(Date.now() / 1000));
  const requestId = randomUUID();
  const signature = signatureOf(current, { timestamp, requestId, rawBody: Buffer.from(PING) });
  return {
    'webhook-timestamp': timestamp,
    'webhook-request-id': requestId,
    'webhook-signature': signature.toString('hex'),
  };
}

function basicHeader(credentials: WebhookSecret['basic'][number] | undefined): Record<string, string> {
  if (credentials === undefined) return {};
  const { username, password } = credentials;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
