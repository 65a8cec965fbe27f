import { deliver, organizationEvent } from './events.ts';
import { DAY, MINUTE, span, uuidFrom } from './random.ts';
import { after, type BookScript } from './script.ts';

/** Names about which nothing is to be fetched, and one that no catalog knows. */
const NAMES = [
  'document.upload_failed',
  'image_group.upload_succeeded',
  'image_group.upload_failed',
  'plaid.upload_succeeded',
  'plaid.upload_failed',
  'book.copy.request_received',
  'book.copy.request_accepted',
  'book.copy.request_rejected',
  'book.copy.docs_added',
  'book.copy.kickout_evaluated',
  'network.book.created (BETA)',
  'network.book.funded',
  'book.from_the_future',
] as const;

/** Announces something that changes no result of the book. */
export function planOtherEvents(script: BookScript): void {
  const { random, shares, book } = script;
  if (book.account.habits.vocabulary === 'legacy' || !random.chance(shares.otherEvents)) return;
  after(script, span(random, MINUTE, 10 * DAY), () => {
    if (random.chance(0.1)) {
      configUpdated(script);
      return;
    }
    const job = `,"job_id":"${uuidFrom(random)}"`;
    organizationEvent(script, {
      eventName: random.pick(NAMES),
      reason: 'Other',
      more: random.chance(0.5) ? job : '',
    });
  });
}

/** Of the whole organization: no book id. */
function configUpdated(script: BookScript): void {
  const name = 'analytics.config_updated';
  const body = `{"event_name":"${name}","severity":"LOW","notification_type":"STATUS","notification_reason":"Updated","org_uuid":"${uuidFrom(script.random)}"}`;
  deliver(script, { eventName: name, body });
}
