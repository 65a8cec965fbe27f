import type { HonoRequest } from 'hono';
import { catalogEntry, EVENT_NAMES, type EventName } from '../../../../shared/events/catalog.ts';
import { Refusal, type Route } from '../http/server.ts';
import { fieldsOf } from '../http/token.ts';
import { available, type Reply, refusal, v1, v1Refusal } from '../model/reply.ts';
import type { Ids } from '../random.ts';
import type { Ping } from './post.ts';
import type { OrganizationWebhook, Registrations } from './registrations.ts';

const MAX_ORGANIZATION_WEBHOOKS = 5;

const offered = (level: 'account' | 'organization') =>
  EVENT_NAMES.filter((name) => catalogEntry(name).levels.includes(level));
const OF_ACCOUNT: readonly EventName[] = offered('account');
export const OF_ORGANIZATION: readonly EventName[] = offered('organization');

const row = (operation: string, method: Route['method'], path: string, answer: Route['answer']): Route => ({
  ...{ operation, method, answer },
  path: `/v1/account/settings/${path}`,
});

/** The one webhook of the account (docs/ocrolus.md#account-level). */
export function accountRoutes(registrations: Registrations, ping: Ping): readonly Route[] {
  const details = () => {
    const { account } = registrations;
    const events = account === undefined ? [] : (account.events ?? OF_ACCOUNT);
    return available(v1({ webhook_endpoint: account?.url ?? null, events: events.map(spellingOf) }));
  };
  return [
    row('configure-webhook', 'POST', 'update/webhook_endpoint', async (request) => {
      const { url, events } = await readConfiguration(request);
      if (!isHttpUrl(url)) throw invalid(1806, 'One of the input is invalid');
      // They replace the old ones; none removes the webhook; names in another spelling are left out silently.
      const subscribed = OF_ACCOUNT.filter((name) => events.includes(spellingOf(name)));
      registrations.account = events.length === 0 ? undefined : { url, events: subscribed };
      return details();
    }),
    row('webhook-configuration', 'GET', 'webhook_details', details),
    row('test-webhook', 'GET', 'test_webhook_endpoint', async () => {
      const { account, accountSecret: secret } = registrations;
      if (account === undefined) throw invalid(1806, 'Webhook not found for account pk');
      const status = (await ping({ url: account.url, secret })) ?? 'Connection error';
      // HTTP 200 either way; only a success has `resp_code`.
      if (status === 200)
        return available(v1({ resp_code: 200, message: 'Success calling webhook endpoint' }));
      return available(v1({ message: `Error: Failed to invoke webhook end point ${status}` }));
    }),
    row('configure-webhook-secret-account-level', 'POST', 'webhook/rotate-secret', async (request) => {
      const secret = await readSecret(request);
      if (registrations.account === undefined) throw new Refusal(WEBHOOK_NOT_FOUND);
      registrations.accountSecret = secret;
      return SECRET_ROTATED;
    }),
  ];
}

const WEBHOOK_NOT_FOUND = refusal(404, { error: 'Webhook not found' });
const SECRET_ROTATED = available({ status: 'success', message: 'Webhook secret rotated successfully' });

const invalid = (code: number, message: string) => new Refusal(v1Refusal(code, message));

/** As the account level's list has it; the organization level has the plain names. */
function spellingOf(name: EventName): string {
  return catalogEntry(name).registeredAs ?? name;
}

/** `secret_key` of 16 to 128 characters. */
async function readSecret(request: HonoRequest): Promise<string> {
  const { secret_key: secret } = await fieldsOf(request);
  if (typeof secret !== 'string' || secret.length < 16 || secret.length > 128)
    throw invalid(1003, 'secret_key must be between 16 and 128 characters');
  return secret;
}

/** Multipart as documented, or JSON as an older page and OpenAPI 3.1 say (docs/ocrolus.md#registration-encoding). */
async function readConfiguration(request: HonoRequest): Promise<{ url: string; events: string[] }> {
  const fields = await fieldsOf(request);
  const texts = (name: string) => [fields[name]].flat().filter((value) => typeof value === 'string');
  const [url = ''] = texts('webhook_endpoint');
  const names = texts('event').flatMap((list) => list.split(','));
  return { url, events: names.map((name) => name.trim()).filter((name) => name !== '') };
}

/** The domain is checked; the endpoint is not called. */
function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Up to five webhooks of the organization (docs/ocrolus.md#organization-level). */
export function organizationRoutes(registrations: Registrations, ids: Ids, ping: Ping): readonly Route[] {
  const { organization: webhooks, access } = registrations;
  const isOpen = access === 'open';
  const permit = () => {
    if (access === 'not-permitted')
      throw refused('Account does not have required manager permissions', '1316');
  };
  const find = (request: HonoRequest, notFound?: Refusal): OrganizationWebhook => {
    permit();
    const wanted = request.param('uuid');
    const webhook = webhooks.find(({ uuid }) => uuid === wanted);
    if (webhook === undefined) throw notFound ?? refused(`Webhook with uuid ${wanted} not found`);
    return webhook;
  };
  return [
    row('add-webhook', 'POST', 'webhook', async (request) => {
      const { url, events } = await readWebhook(request);
      permit();
      if (url === undefined) throw refused('url: invalid or missing URL scheme');
      if (events === undefined) throw refused('event_names: at least one is required');
      if (webhooks.length >= MAX_ORGANIZATION_WEBHOOKS) throw refused('At most five webhooks are allowed');
      if (webhooks.some((webhook) => webhook.url === url))
        throw refused(`Webhook with url ${url} already exists`);
      const uuid = ids.uuid();
      webhooks.push({ uuid, url, events: isOpen ? events : [], isActive: true, secret: undefined });
      return ok({ uuid });
    }),
    row('list-webhooks', 'GET', 'webhooks', () => {
      permit();
      return ok({ webhooks: webhooks.map(shown) });
    }),
    row('get-webhook', 'GET', 'webhook/:uuid', (request) => ok(shown(find(request)))),
    row('update-webhook', 'POST', 'webhook/:uuid/update', async (request) => {
      const webhook = find(request);
      const { events = webhook.events, ...changes } = await readWebhook(request);
      Object.assign(webhook, changes, isOpen && { events });
      return ok(null);
    }),
    row('delete-webhook', 'DELETE', 'webhook/:uuid/delete', (request) => {
      webhooks.splice(webhooks.indexOf(find(request)), 1);
      return ok(null);
    }),
    row('list-events', 'GET', 'webhook/:uuid/events', (request) => {
      const events = eventsOf(find(request));
      return ok({ events: isOpen ? events : events.filter((event) => event.is_active) });
    }),
    row('test-org-webhook', 'POST', 'webhook/:uuid/test', async (request) => {
      const webhook = find(request);
      const { event_uuid: wanted } = await fieldsOf(request);
      const event = eventsOf(webhook).find(({ uuid }) => uuid === wanted);
      if (event === undefined) throw refused(`Event with uuid ${wanted} not found`);
      await ping(webhook, JSON.stringify(sampleOf(event.name)));
      return ok({ uuid: ids.uuid() });
    }),
    row('configure-webhook-secret-org-level', 'POST', 'webhook/:uuid/rotate-secret', async (request) => {
      find(request, new Refusal(WEBHOOK_NOT_FOUND)).secret = await readSecret(request);
      return SECRET_ROTATED;
    }),
  ];
}

/** The envelope is like that of v1, but `status` and `code` are strings. */
function ok(response: object | null): Reply {
  return available({ status: '200', message: 'OK', response });
}

function refused(message: string, code = '1000'): Refusal {
  const body = { status: '400', code, message, response: null, meta: { msg: message } };
  return new Refusal(refusal(400, body));
}

function sampleOf(eventName: EventName): object {
  const document = { uuid: '00000000-0000-4000-8000-000000000001', status: 'COMPLETED' };
  return {
    event_name: eventName,
    severity: 'MODERATE',
    notification_reason: 'Test of the webhook',
    notification_type: 'STATUS',
    book_uuid: '00000000-0000-4000-8000-000000000000',
    ...(eventName === 'book.verified' && { uploaded_docs: [document] }),
  };
}

async function readWebhook(request: HonoRequest) {
  const { webhook, event_names: names } = await fieldsOf(request);
  const { url, is_active: isActive } = { ...Object(webhook) } as Record<string, unknown>;
  if (typeof url === 'string' && !isHttpUrl(url)) throw refused('url: invalid or missing URL scheme');
  if (typeof url === 'string' && (new URL(url).username === '') !== (new URL(url).password === ''))
    throw refused('You need to pass both username and password');
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof isActive === 'boolean' && { isActive }),
    ...(names !== undefined && { events: readEvents(names) }),
  };
}

/** At least one, and unlike at the account level an unknown one is refused. */
function readEvents(value: unknown): EventName[] {
  const names = Array.isArray(value) ? value.map(String) : [];
  if (names.length === 0) throw refused('event_names: at least one is required');
  return names.map((name) => {
    const known = OF_ORGANIZATION.find((offered) => offered === name);
    if (known !== undefined) return known;
    throw refused(`Event(s) with name ${name} doesnt exist`);
  });
}

const shown = ({ uuid, url, isActive }: OrganizationWebhook) => ({ uuid, url, is_active: isActive });

/** Ocrolus identifies each event of a webhook by a uuid. */
function eventsOf({ uuid, events }: OrganizationWebhook) {
  return OF_ORGANIZATION.map((name, n) => ({
    uuid: uuid.slice(0, -12) + String(n).padStart(12, '0'),
    name,
    is_active: events.includes(name),
  }));
}
