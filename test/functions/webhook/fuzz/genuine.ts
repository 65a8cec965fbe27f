import { signDelivery } from '../../../../infra/local/ocrolus/index.ts';
import { SECRET, START } from '../testing/webhook-under-test.ts';
import { type Case, PREVIOUS, VALID_BASIC } from './requests.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** True if Ocrolus itself could have sent this; decided in another way than by the webhook. */
export function isGenuine({ mode, request, headers, bytes }: Case): boolean {
  if (request.method !== 'POST' || request.account !== 'default') return false;
  if (bytes === undefined || bytes.length > MAX_BYTES) return false;
  const all = (name: string) => headers.get(name) ?? [];
  const [signature = ''] = all('webhook-signature');
  // Of two values, it cannot be known which was meant. A timestamp matters only beside a signature.
  const mustBeOne = ['webhook-signature', 'webhook-request-id', 'authorization'];
  if (signature !== '') mustBeOne.push('webhook-timestamp');
  if (mustBeOne.some((name) => all(name).length > 1)) return false;

  const [timestamp] = all('webhook-timestamp');
  const [requestId] = all('webhook-request-id');
  const isSigned =
    timestamp !== undefined &&
    requestId !== undefined &&
    [SECRET, PREVIOUS].some(
      (secret) => signDelivery({ secret, timestamp, requestId, body: bytes }) === signature,
    );
  const isFresh = /^\d+$/.test(timestamp ?? '') && Math.abs(Number(timestamp) - START) <= 900;
  const [authorization = ''] = all('authorization');
  const hasPassword = VALID_BASIC.some((valid) => withoutSpaces(valid) === withoutSpaces(authorization));
  switch (mode) {
    case 'signature':
      return isSigned && isFresh;
    case 'basic':
      return hasPassword;
    case 'both':
      return isSigned && isFresh && hasPassword;
    case 'either':
      return isSigned ? isFresh : hasPassword;
  }
}

/** At the end they mean nothing. */
function withoutSpaces(header: string): string {
  return header.replace(/ +$/, '');
}
