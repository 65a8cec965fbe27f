import { anyEvent } from '../../../../infra/local/ocrolus/model/events.ts';
import { DAY, MINUTE, span, uuidFrom } from '../random.ts';
import { deliver, spellIds } from '../spelling.ts';
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

/** Announces something that changes no result of the book: about the whole organization, or with ids of the book only. */
export function planOtherEvents(script: BookScript): void {
  const { random, shares, book } = script;
  if (book.account.habits.vocabulary === 'legacy' || !random.chance(shares.otherEvents)) return;
  after(script, span(random, MINUTE, 10 * DAY), () => {
    if (random.chance(0.1)) {
      const { body } = anyEvent(book, 'analytics.config_updated');
      deliver(script, { ...body, org_uuid: uuidFrom(random) });
      return;
    }
    const job_id = uuidFrom(random);
    const body = {
      event_name: random.pick(NAMES),
      severity: 'LOW',
      notification_type: 'STATUS',
      notification_reason: 'Other',
      ...(random.chance(0.5) && { job_id }),
    };
    spellIds(script, body);
    deliver(script, body);
  });
}
