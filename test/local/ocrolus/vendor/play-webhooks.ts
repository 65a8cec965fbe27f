import { field } from '../testing/client.ts';
import { type Player, UNKNOWN } from './player.ts';

const SETTINGS = '/v1/account/settings';
const SECRET = { secret_key: 'a'.repeat(16) };
/** Where nobody listens. */
const CLOSED = 'http://127.0.0.1:9/hook';

/** Registers, changes, tests and removes webhooks of both levels. */
export async function playWebhooks(player: Player): Promise<void> {
  await playAccount(player);
  await playOrganization(player);
}

async function playAccount(player: Player): Promise<void> {
  const configure = (webhook_endpoint: string) =>
    player.post(`${SETTINGS}/update/webhook_endpoint`, { webhook_endpoint, event: ['BOOK_VERIFIED'] });
  const details = [`${SETTINGS}/webhook_details`, `${SETTINGS}/test_webhook_endpoint`];
  await player.get(...details);
  await player.post(`${SETTINGS}/webhook/rotate-secret`, SECRET);
  await player.post(`${SETTINGS}/webhook/rotate-secret`, { secret_key: 'short' });
  await configure('nowhere');
  await configure(CLOSED);
  await player.get(...details);
  // The simulator answers itself.
  await configure(`${player.simulator.url}/v1/nothing`);
  await player.get(...details);
  await player.post(`${SETTINGS}/webhook/rotate-secret`, SECRET);
}

async function playOrganization(player: Player): Promise<void> {
  const add = (url: string) =>
    player.post(`${SETTINGS}/webhook`, {
      webhook: { url, description: 'ours' },
      event_names: ['book.verified'],
    });
  await add('nowhere');
  await add('http://user@127.0.0.1:9/hook');
  const { body } = await add(CLOSED);
  const uuid = String(field(body, 'response', 'uuid'));
  const webhook = `${SETTINGS}/webhook/${uuid}`;
  const unknown = `${SETTINGS}/webhook/${UNKNOWN}`;
  await player.get(`${SETTINGS}/webhooks`, webhook, `${webhook}/events`);
  const events = field((await player.look(`${webhook}/events`)).body, 'response', 'events');
  const verified = Array.isArray(events)
    ? events.find((event) => field(event, 'name') === 'book.verified')
    : {};
  await player.post(`${webhook}/test`, { event_uuid: field(verified, 'uuid') });
  await player.post(`${webhook}/update`, { webhook: { is_active: false } });
  await player.post(`${webhook}/rotate-secret`, SECRET);
  await player.get(unknown, `${unknown}/events`);
  await player.post(`${unknown}/update`);
  await player.post(`${unknown}/rotate-secret`, SECRET);
  await player.delete(`${unknown}/delete`);
  await player.delete(`${webhook}/delete`);
}
