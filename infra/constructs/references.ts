import type { AccountSecrets } from './account-secrets.ts';
import type { ChannelQueue } from './channel-queue.ts';

/**
 * Makes a JSON object with a member for each entry. ARNs, URLs and names that are known only at deployment are tokens
 * at synth. `JSON.stringify` leaves tokens intact, and their values need no escaping.
 */
export function jsonOf<T>(entries: ReadonlyMap<string, T>, member: (value: T) => unknown): string {
  return JSON.stringify(Object.fromEntries([...entries].map(([name, value]) => [name, member(value)])));
}

/** `{channel: url}`, for a function that sends to every queue. */
export function queueUrls(queues: ReadonlyMap<string, ChannelQueue>): string {
  return jsonOf(queues, ({ queue }) => queue.queueUrl);
}

/** `{account: {webhookSecret}}`: the webhook gets no API credentials. */
export function webhookSecrets(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ webhook }) => ({ webhookSecret: webhook.secretArn }));
}

/** `{account: {credentials}}`: consumers and poller get no signing secrets. */
export function apiCredentials(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ credentials }) => ({ credentials: credentials.secretArn }));
}

/** `{account: {webhookSecret, credentials}}`, for the functions that set the signing secret at Ocrolus. */
export function allSecrets(secrets: ReadonlyMap<string, AccountSecrets>): string {
  return jsonOf(secrets, ({ webhook, credentials }) => ({
    webhookSecret: webhook.secretArn,
    credentials: credentials.secretArn,
  }));
}
