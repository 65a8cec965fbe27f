import { ConsumerSettings } from '../../../functions/consumers/runtime/settings.ts';
import { PollerSettings } from '../../../functions/poller/settings.ts';
import { WebhookSettings } from '../../../functions/webhook/settings.ts';
import { CHANNELS, type Channel } from '../../../shared/events/channels.ts';
import { readSettings } from '../../../shared/settings.ts';

export const BUCKET = 'simulated-bucket';

export const queueUrl = (channel: Channel) => `https://sqs.simulated/${channel}`;
export const deadLetterUrl = (channel: Channel) => `https://sqs.simulated/${channel}-dlq`;

export const clientId = (account: string) => `client-${account}`;
/** No log line may have it. */
export const clientSecret = (account: string) => `zirconium-client-secret-${account}`;
export const webhookSecret = (account: string) => `zirconium-webhook-secret-${account}`;

/** Part of every secret, token and pre-signed address of the simulation. */
export const SECRET_MARKERS = ['zirconium', 'simulated.', 'x-amz-signature'] as const;

const QUEUE_URLS = JSON.stringify(
  Object.fromEntries(CHANNELS.map((channel) => [channel, queueUrl(channel)])),
);

const COMMON = { STAGE: 'simulation', LOG_LEVEL: 'INFO', TABLE_NAME: 'table', BUCKET_NAME: BUCKET };

function apiAccounts(accounts: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(accounts.map((name) => [name, { credentials: `api/${name}` }])));
}

export function consumerSettings(channel: Channel, accounts: readonly string[]): ConsumerSettings {
  return readSettings(ConsumerSettings, {
    ...COMMON,
    ACCOUNTS: apiAccounts(accounts),
    CHANNEL: channel,
    QUEUE_URL: queueUrl(channel),
  });
}

export function pollerSettings(accounts: readonly string[]): PollerSettings {
  return readSettings(PollerSettings, { ...COMMON, ACCOUNTS: apiAccounts(accounts), QUEUE_URLS });
}

export function webhookSettings(accounts: readonly string[]): WebhookSettings {
  const secrets = accounts.map((name) => [name, { webhookSecret: `webhook/${name}` }]);
  return readSettings(WebhookSettings, {
    ...COMMON,
    ACCOUNTS: JSON.stringify(Object.fromEntries(secrets)),
    QUEUE_URLS,
  });
}

/** The text of a secret. @throws Error for a name that is not known. */
export function secretText(name: string): string {
  const [kind, account = ''] = name.split('/');
  if (kind === 'api') {
    return JSON.stringify({ clientId: clientId(account), clientSecret: clientSecret(account) });
  }
  if (kind === 'webhook') return JSON.stringify({ current: webhookSecret(account) });
  throw new Error(`no secret ${name}`);
}
