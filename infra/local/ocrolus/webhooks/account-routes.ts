import type { HonoRequest } from 'hono';
import { catalogEntry, EVENT_NAMES, type EventName } from '../../../../shared/events/catalog.ts';
import { Refusal, type Route } from '../http/server.ts';
import { fieldsOf } from '../http/token.ts';
import { available, refusal, v1, v1Refusal } from '../model/reply.ts';
import type { Ping } from './post.ts';
import type { Registrations } from './registrations.ts';

const SETTINGS = '/v1/account/settings';

/** Events that an account can subscribe to. */
const OFFERED: readonly EventName[] = EVENT_NAMES.filter((name) =>
  catalogEntry(name).levels.includes('account'),
);

/** The one webhook of the account (docs/ocrolus.md#account-level). */
export function accountRoutes(registrations: Registrations, ping: Ping): readonly Route[] {
  return [
    {
      operation: 'configure-webhook',
      method: 'POST',
      path: `${SETTINGS}/update/webhook_endpoint`,
      async answer(request) {
        const { url, events } = await readConfiguration(request);
        if (url === undefined || !isHttpUrl(url)) throw refused(1806, 'One of the input is invalid');
        // They replace the old ones; none removes the webhook; names in another spelling are left out silently.
        const subscribed = OFFERED.filter((name) => events.includes(spellingOf(name)));
        registrations.account = events.length === 0 ? undefined : { url, events: subscribed };
        return available(v1(details(registrations)));
      },
    },
    {
      operation: 'webhook-configuration',
      method: 'GET',
      path: `${SETTINGS}/webhook_details`,
      answer: () => available(v1(details(registrations))),
    },
    {
      operation: 'test-webhook',
      method: 'GET',
      path: `${SETTINGS}/test_webhook_endpoint`,
      async answer() {
        const { account, accountSecret } = registrations;
        if (account === undefined) throw refused(1806, 'Webhook not found for account pk');
        const status = await ping({ url: account.url, secret: accountSecret });
        // HTTP 200 either way; only a success has `resp_code`.
        return status === 200
          ? available(v1({ resp_code: 200, message: 'Success calling webhook endpoint' }))
          : available(
              v1({ message: `Error: Failed to invoke webhook end point ${status ?? 'Connection error'}` }),
            );
      },
    },
    {
      operation: 'configure-webhook-secret-account-level',
      method: 'POST',
      path: `${SETTINGS}/webhook/rotate-secret`,
      async answer(request) {
        const secret = await readSecret(request);
        if (registrations.account === undefined) throw new Refusal(WEBHOOK_NOT_FOUND);
        registrations.accountSecret = secret;
        return SECRET_ROTATED;
      },
    },
  ];
}

export const WEBHOOK_NOT_FOUND = refusal(404, { error: 'Webhook not found' });
export const SECRET_ROTATED = available({
  status: 'success',
  message: 'Webhook secret rotated successfully',
});

const refused = (code: number, message: string) => new Refusal(v1Refusal(code, message));

function details({ account }: Registrations) {
  const events = account === undefined ? [] : (account.events ?? OFFERED);
  return { webhook_endpoint: account?.url ?? null, events: events.map(spellingOf) };
}

/** As the vendor's enum has it. */
function spellingOf(name: EventName): string {
  return catalogEntry(name).registeredAs ?? name;
}

/** `secret_key` of 16 to 128 characters. */
export async function readSecret(request: HonoRequest): Promise<string> {
  const { secret_key: secret } = await fieldsOf(request);
  if (typeof secret !== 'string' || secret.length < 16 || secret.length > 128)
    throw refused(1003, 'secret_key must be between 16 and 128 characters');
  return secret;
}

/** Multipart as documented, or JSON as an older page and OpenAPI 3.1 say (docs/ocrolus.md#registration-encoding). */
async function readConfiguration(request: HonoRequest): Promise<{ url?: string; events: string[] }> {
  const fields = await fieldsOf(request);
  const texts = (name: string) => [fields[name]].flat().filter((value) => typeof value === 'string');
  const [url] = texts('webhook_endpoint');
  const events = texts('event')
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return { ...(url !== undefined && { url }), events };
}

/** The domain is checked; the endpoint is not called. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
