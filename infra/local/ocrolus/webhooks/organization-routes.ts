import type { HonoRequest } from 'hono';
import {
  catalogEntry,
  EVENT_NAMES,
  type EventName,
  findEventName,
} from '../../../../shared/events/catalog.ts';
import { Refusal, type Route } from '../http/server.ts';
import { fieldsOf } from '../http/token.ts';
import { available, type Reply, refusal } from '../model/reply.ts';
import { isHttpUrl, readSecret, SECRET_ROTATED, WEBHOOK_NOT_FOUND } from './account-routes.ts';
import type { Ping } from './post.ts';
import { MAX_ORGANIZATION_WEBHOOKS, type OrganizationWebhook, type Registrations } from './registrations.ts';

const SETTINGS = '/v1/account/settings';
const WEBHOOK = `${SETTINGS}/webhook/:webhook_uuid`;

/** Events that an organization-level webhook can subscribe to. */
const OFFERED: readonly EventName[] = EVENT_NAMES.filter((name) =>
  catalogEntry(name).levels.includes('organization'),
);

/** Up to five webhooks of the organization (docs/ocrolus.md#organization-level). */
export function organizationRoutes(registrations: Registrations, ping: Ping): readonly Route[] {
  const webhooks = registrations.organization;
  const find = (request: HonoRequest): OrganizationWebhook => {
    const wanted = request.param('webhook_uuid');
    const webhook = webhooks.find(({ uuid }) => uuid === wanted);
    if (webhook === undefined) throw refused(`Webhook with uuid ${wanted} not found`);
    return webhook;
  };
  const row = (operation: string, method: Route['method'], path: string, answer: Route['answer']): Route => ({
    operation,
    method,
    path,
    answer,
  });
  return [
    row('add-webhook', 'POST', `${SETTINGS}/webhook`, (request) => add(registrations, request)),
    row('list-webhooks', 'GET', `${SETTINGS}/webhooks`, () => ok({ webhooks: webhooks.map(shown) })),
    row('get-webhook', 'GET', WEBHOOK, (request) => ok(shown(find(request)))),
    row('update-webhook', 'POST', `${WEBHOOK}/update`, async (request) => {
      const webhook = find(request);
      const fields = await fieldsOf(request);
      const { url, description, isActive } = readWebhook(fields.webhook);
      const events = fields.event_names === undefined ? webhook.events : readEvents(fields.event_names);
      webhook.url = url ?? webhook.url;
      webhook.description = description ?? webhook.description;
      webhook.isActive = isActive ?? webhook.isActive;
      webhook.events = events;
      webhook.modifiedOn = registrations.timestamp();
      return ok(null);
    }),
    row('delete-webhook', 'DELETE', `${WEBHOOK}/delete`, (request) => {
      webhooks.splice(webhooks.indexOf(find(request)), 1);
      return ok(null);
    }),
    row('list-events', 'GET', `${WEBHOOK}/events`, (request) => ok({ events: eventsOf(find(request)) })),
    row('test-org-webhook', 'POST', `${WEBHOOK}/test`, async (request) => {
      const webhook = find(request);
      const sample = sampleOf(webhook, (await fieldsOf(request)).event_uuid);
      await ping(webhook, JSON.stringify(sample));
      return available(sample);
    }),
    row('configure-webhook-secret-org-level', 'POST', `${WEBHOOK}/rotate-secret`, async (request) => {
      const webhook = webhooks.find(({ uuid }) => uuid === request.param('webhook_uuid'));
      if (webhook === undefined) throw new Refusal(WEBHOOK_NOT_FOUND);
      webhook.secret = await readSecret(request);
      return SECRET_ROTATED;
    }),
  ];
}

/** The envelope is like that of v1, but `status` and `code` are strings. */
function ok(response: object | null): Reply {
  return available({ status: '200', message: 'OK', response });
}

function refused(message: string): Refusal {
  const body = { status: '400', code: '1000', message, response: null, meta: { msg: message } };
  return new Refusal(refusal(400, body));
}

async function add(registrations: Registrations, request: HonoRequest): Promise<Reply> {
  const fields = await fieldsOf(request);
  const { url, description } = readWebhook(fields.webhook);
  if (url === undefined) throw refused('url: invalid or missing URL scheme');
  if (registrations.organization.some((webhook) => webhook.url === url))
    throw refused(`Webhook with url ${url} already exists`);
  if (registrations.organization.length >= MAX_ORGANIZATION_WEBHOOKS)
    throw refused('Maximum number of webhooks reached');
  const events = readEvents(fields.event_names);
  const { uuid } = registrations.addToOrganization(url, description ?? null, events, OFFERED);
  return ok({ uuid });
}

const SAMPLE_DOCUMENT = { uuid: '00000000-0000-4000-8000-000000000001', status: 'COMPLETED' };

/** A sample of one event, which is posted and answered. */
function sampleOf({ eventUuids }: OrganizationWebhook, wanted: unknown): object {
  const eventName = [...eventUuids].find(([, uuid]) => uuid === wanted)?.[0];
  if (eventName === undefined) throw refused(`Event with uuid ${wanted} not found`);
  return {
    event_name: eventName,
    severity: 'MODERATE',
    notification_reason: 'Test of the webhook',
    notification_type: 'STATUS',
    book_uuid: '00000000-0000-4000-8000-000000000000',
    ...(eventName === 'book.verified' && { uploaded_docs: [SAMPLE_DOCUMENT] }),
  };
}

function readWebhook(value: unknown): { url?: string; description?: string; isActive?: boolean } {
  const { url, description, is_active: isActive } = { ...Object(value) } as Record<string, unknown>;
  if (typeof url === 'string' && !isHttpUrl(url)) throw refused('url: invalid or missing URL scheme');
  if (typeof url === 'string' && (new URL(url).username === '') !== (new URL(url).password === ''))
    throw refused('You need to pass both username and password');
  if (typeof description === 'string' && description.length < 3)
    throw refused('description: length of value must be at least 3');
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof description === 'string' && { description }),
    ...(typeof isActive === 'boolean' && { isActive }),
  };
}

/** At least one, and unlike at the account level an unknown one is refused. */
function readEvents(value: unknown): EventName[] {
  const names = Array.isArray(value) ? value.map(String) : [];
  if (names.length === 0) throw refused('event_names: at least one is required');
  return names.map((name) => {
    const known = findEventName(name);
    if (known !== undefined && OFFERED.includes(known)) return known;
    throw refused(`Event(s) with name ${name} doesnt exist`);
  });
}

function shown(webhook: OrganizationWebhook) {
  return {
    description: webhook.description,
    url: webhook.url,
    uuid: webhook.uuid,
    is_active: webhook.isActive,
    created_on: webhook.createdOn,
    last_modified_date: webhook.modifiedOn,
  };
}

function eventsOf(webhook: OrganizationWebhook) {
  return OFFERED.map((name) => ({
    description: catalogEntry(name).meaning,
    uuid: webhook.eventUuids.get(name),
    is_active: webhook.events.includes(name),
    name,
    reason: name,
    type: 'STATUS',
    severity: 'MODERATE',
  }));
}
