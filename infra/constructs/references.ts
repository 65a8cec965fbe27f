import type { AccountSecrets } from './account-secrets.ts';
import type { ChannelQueue } from './channel-queue.ts';

/**
 * A JSON object with a member for each entry. Names that exist at deployment only are tokens until then, and
 * survive `JSON.stringify`: ARNs, URLs and names need no escaping.
 */
export function jsonOf<T>(entries: ReadonlyMap<string, T>, member: (value: T) => unknown): string {
  return JSON.stringify(Object.fromEntries([...entries].map(([name, value]) => [name, member(value)])));
}

/** `{channel: url}`, for a function that sends to every queue. */
export function queueUrls(queues: ReadonlyMap<string, ChannelQueue>): string {
  return jsonOf(queues, ({ queue }) => queue.queueUrl);
}

/** `{account: {webhookSecret}}`: the webhook knows nothing of the API credentials. */
export function webhookSecrets(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ webhook }) => ({ webhookSecret: webhook.secretArn }));
}

/** `{account: {credentials}}`: consumers and poller know nothing of the webhook's secrets. */
export function apiCredentials(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ credentials }) => ({ credentials: credentials.secretArn }));
}

/** `{account: {webhookSecret, credentials}}`, for those who tell Ocrolus how deliveries are to be signed. */
export function allSecrets(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ webhook, credentials }) => ({
    webhookSecret: webhook.secretArn,
    credentials: credentials.secretArn,
  }));
}
