import { catalogEntry, EVENT_NAMES, type EventName } from '../../../../shared/events/catalog.ts';
import { json, Refusal, type Reply, v1, v1Error } from '../http/reply.ts';
import { type ApiRequest, formFields, jsonFields } from '../http/request.ts';
import type { Call, Route } from '../http/router.ts';
import type { Registrations } from '../state/registrations.ts';
import { ping } from './ping.ts';

const SETTINGS = '/v1/account/settings';
const INVALID = v1Error(1806, 'One of the input is invalid');

/** What an account can subscribe to. */
const OFFERED: readonly EventName[] = EVENT_NAMES.filter((name) =>
  catalogEntry(name).levels.includes('account'),
);

/** The one webhook of the account (docs/ocrolus.md#account-level). */
export const accountWebhookRoutes: readonly Route[] = [
  {
    operation: 'configure-webhook',
    method: 'POST',
    path: `${SETTINGS}/update/webhook_endpoint`,
    answer: configure,
  },
  {
    operation: 'webhook-configuration',
    method: 'GET',
    path: `${SETTINGS}/webhook_details`,
    answer: ({ organization }) => v1(details(organization.registrations)),
  },
  { operation: 'test-webhook', method: 'GET', path: `${SETTINGS}/test_webhook_endpoint`, answer: test },
  {
    operation: 'configure-webhook-secret-account-level',
    method: 'POST',
    path: `${SETTINGS}/webhook/rotate-secret`,
    answer: rotateSecret,
  },
];

/**
 * The given events replace the old ones; none removes the webhook; those that the enum does not spell so are left out
 * silently.
 */
async function configure(call: Call): Promise<Reply> {
  const { registrations } = call.organization;
  const { url, events } = await readConfiguration(call);
  if (url === undefined || !isHttpUrl(url)) throw new Refusal(INVALID);
  const subscribed = OFFERED.filter((name) => events.includes(spellingOf(name)));
  registrations.account = events.length === 0 ? undefined : { url, events: subscribed };
  return v1(details(registrations));
}

function details({ account }: Registrations) {
  const events = account === undefined ? [] : (account.events ?? OFFERED);
  return { webhook_endpoint: account?.url ?? null, events: events.map(spellingOf) };
}

/** As the vendor's enum has it. */
function spellingOf(name: EventName): string {
  return catalogEntry(name).registeredAs ?? name;
}

/** HTTP 200 either way; only a success has `resp_code`. */
async function test({ organization }: Call): Promise<Reply> {
  const { account, accountSecret } = organization.registrations;
  if (account === undefined) throw new Refusal(v1Error(1806, 'Webhook not found for account pk'));
  const status = await ping(organization, { url: account.url, secret: accountSecret });
  return status === 200
    ? v1({ resp_code: 200, message: 'Success calling webhook endpoint' })
    : v1({ message: `Error: Failed to invoke webhook end point ${status ?? 'Connection error'}` });
}

function rotateSecret({ body, organization: { registrations } }: Call): Reply {
  const secret = readSecret(body);
  if (registrations.account === undefined) throw new Refusal(json(404, { error: 'Webhook not found' }));
  registrations.accountSecret = secret;
  return json(200, { status: 'success', message: 'Webhook secret rotated successfully' });
}

/** `secret_key` of 16 to 128 characters. */
export function readSecret(body: Uint8Array): string {
  const secret = jsonFields(body).secret_key;
  if (typeof secret !== 'string' || secret.length < 16 || secret.length > 128) {
    throw new Refusal(v1Error(1003, 'secret_key must be between 16 and 128 characters'));
  }
  return secret;
}

/** Multipart as documented, or JSON as an older page and OpenAPI 3.1 say (docs/ocrolus.md#registration-encoding). */
async function readConfiguration(request: ApiRequest): Promise<{ url?: string; events: string[] }> {
  const isJson = request.contentType.startsWith('application/json');
  const fields = isJson
    ? Object.entries(jsonFields(request.body)).flatMap(([name, value]) =>
        [value].flat().map((v) => [name, v]),
      )
    : await formFields(request);
  const values = (wanted: string) =>
    fields.flatMap(([name, value]) => (name === wanted && typeof value === 'string' ? [value] : []));
  const [url] = values('webhook_endpoint');
  const events = values('event')
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return { ...(url !== undefined && { url }), events };
}

/** The domain is checked; the endpoint is not called. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
