import {
  catalogEntry,
  EVENT_NAMES,
  type EventName,
  findEventName,
} from '../../../../shared/events/catalog.ts';
import { json, organizationError, organizationOk, Refusal, type Reply } from '../http/reply.ts';
import { jsonFields } from '../http/request.ts';
import type { Call, Route } from '../http/router.ts';
import { MAX_ORGANIZATION_WEBHOOKS, type OrganizationWebhook } from '../state/registrations.ts';
import { isHttpUrl, readSecret } from './account-webhook.ts';
import { ping } from './ping.ts';

const SETTINGS = '/v1/account/settings';
const WEBHOOK = `${SETTINGS}/webhook/:webhook_uuid`;

/** What an organization-level webhook can subscribe to. */
const OFFERED: readonly EventName[] = EVENT_NAMES.filter((name) =>
  catalogEntry(name).levels.includes('organization'),
);

/** Up to five webhooks of the organization (docs/ocrolus.md#organization-level). `status` is a string here. */
export const organizationWebhookRoutes: readonly Route[] = [
  { operation: 'add-webhook', method: 'POST', path: `${SETTINGS}/webhook`, answer: add },
  {
    operation: 'list-webhooks',
    method: 'GET',
    path: `${SETTINGS}/webhooks`,
    answer: ({ organization }) =>
      organizationOk({ webhooks: organization.registrations.organization.map(shown) }),
  },
  {
    operation: 'get-webhook',
    method: 'GET',
    path: WEBHOOK,
    answer: (call) => organizationOk(shown(find(call))),
  },
  { operation: 'update-webhook', method: 'POST', path: `${WEBHOOK}/update`, answer: update },
  { operation: 'delete-webhook', method: 'DELETE', path: `${WEBHOOK}/delete`, answer: remove },
  {
    operation: 'list-events',
    method: 'GET',
    path: `${WEBHOOK}/events`,
    answer: (call) => organizationOk({ events: eventsOf(find(call)) }),
  },
  { operation: 'test-org-webhook', method: 'POST', path: `${WEBHOOK}/test`, answer: test },
  {
    operation: 'configure-webhook-secret-org-level',
    method: 'POST',
    path: `${WEBHOOK}/rotate-secret`,
    answer: rotateSecret,
  },
];

function add({ body, organization: { registrations } }: Call): Reply {
  const fields = jsonFields(body);
  const { url, description } = readWebhook(fields.webhook);
  if (url === undefined) throw new Refusal(organizationError('url: invalid or missing URL scheme'));
  if (registrations.organization.some((webhook) => webhook.url === url)) {
    throw new Refusal(organizationError(`Webhook with url ${url} already exists`));
  }
  if (registrations.organization.length >= MAX_ORGANIZATION_WEBHOOKS) {
    throw new Refusal(organizationError('Maximum number of webhooks reached'));
  }
  const events = readEvents(fields.event_names);
  const { uuid } = registrations.addToOrganization(url, description ?? null, events, OFFERED);
  return organizationOk({ uuid });
}

function update(call: Call): Reply {
  const webhook = find(call);
  const fields = jsonFields(call.body);
  const { url, description, isActive } = readWebhook(fields.webhook);
  const events = fields.event_names === undefined ? webhook.events : readEvents(fields.event_names);
  webhook.url = url ?? webhook.url;
  webhook.description = description ?? webhook.description;
  webhook.isActive = isActive ?? webhook.isActive;
  webhook.events = events;
  webhook.modifiedOn = call.organization.registrations.timestamp();
  return organizationOk(null);
}

function remove(call: Call): Reply {
  const webhooks = call.organization.registrations.organization;
  webhooks.splice(webhooks.indexOf(find(call)), 1);
  return organizationOk(null);
}

const SAMPLE_DOCUMENT = { uuid: '00000000-0000-4000-8000-000000000001', status: 'COMPLETED' };

/** Posts a sample of one event; the answer is that sample. */
async function test(call: Call): Promise<Reply> {
  const webhook = find(call);
  const wanted = jsonFields(call.body).event_uuid;
  const eventName = [...webhook.eventUuids].find(([, uuid]) => uuid === wanted)?.[0];
  if (eventName === undefined) throw new Refusal(organizationError(`Event with uuid ${wanted} not found`));
  const sample = {
    event_name: eventName,
    severity: 'MODERATE',
    notification_reason: 'Test of the webhook',
    notification_type: 'STATUS',
    book_uuid: '00000000-0000-4000-8000-000000000000',
    ...(eventName === 'book.verified' && { uploaded_docs: [SAMPLE_DOCUMENT] }),
  };
  await ping(call.organization, webhook, JSON.stringify(sample));
  return json(200, sample);
}

function rotateSecret(call: Call): Reply {
  const { organization } = call.organization.registrations;
  const webhook = organization.find(({ uuid }) => uuid === call.params.webhook_uuid);
  if (webhook === undefined) throw new Refusal(json(404, { error: 'Webhook not found' }));
  webhook.secret = readSecret(call.body);
  return json(200, { status: 'success', message: 'Webhook secret rotated successfully' });
}

function find({ params, organization }: Call): OrganizationWebhook {
  const uuid = params.webhook_uuid;
  const webhook = organization.registrations.organization.find((known) => known.uuid === uuid);
  if (webhook === undefined) throw new Refusal(organizationError(`Webhook with uuid ${uuid} not found`));
  return webhook;
}

function readWebhook(value: unknown): { url?: string; description?: string; isActive?: boolean } {
  const { url, description, is_active: isActive } = jsonFields(Buffer.from(JSON.stringify(value ?? {})));
  if (typeof url === 'string' && !isHttpUrl(url)) {
    throw new Refusal(organizationError('url: invalid or missing URL scheme'));
  }
  if (typeof url === 'string' && (new URL(url).username === '') !== (new URL(url).password === '')) {
    throw new Refusal(organizationError('You need to pass both username and password'));
  }
  if (typeof description === 'string' && description.length < 3) {
    throw new Refusal(organizationError('description: length of value must be at least 3'));
  }
  return {
    ...(typeof url === 'string' && { url }),
    ...(typeof description === 'string' && { description }),
    ...(typeof isActive === 'boolean' && { isActive }),
  };
}

/** At least one, and unlike at the account level an unknown one is refused. */
function readEvents(value: unknown): EventName[] {
  const names = Array.isArray(value) ? value.map(String) : [];
  if (names.length === 0) throw new Refusal(organizationError('event_names: at least one is required'));
  return names.map((name) => {
    const known = findEventName(name);
    if (known !== undefined && OFFERED.includes(known)) return known;
    throw new Refusal(organizationError(`Event(s) with name ${name} doesnt exist`));
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
