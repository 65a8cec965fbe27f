import { anyBody } from '../../../../infra/local/ocrolus/model/events.ts';
import { type BookSizes, type Profile, SMALL_BOOKS } from '../profile.ts';
import { DAY, MINUTE, type Random, span, uuidFrom } from '../random.ts';
import { deliver, spellIds } from '../spelling.ts';
import { type BookSpec, drawBook } from './draw.ts';
import { uploadRound } from './life.ts';
import { after, type BookScript, type ScriptContext } from './script.ts';

/** About how many books announce so many deliveries, without giants: those announce four for each of their documents. */
export function booksFor(deliveries: number, sizes: BookSizes = SMALL_BOOKS): number {
  return Math.ceil(deliveries / sizes.deliveries);
}

/** Lets the books of the profile arrive, one after the other. */
export function startArrivals(context: ScriptContext): void {
  const { model, schedule, profile, random } = context;
  const startedAt = model.now();
  const arrive = (n: number): void => {
    if (n >= profile.books) return;
    const spec = isGiant(n, profile) ? { documents: giantCount(random, profile), shares: GIANT_SHARES } : {};
    addBook(context, spec);
    const elapsed = ((n + 1 + random.next()) * profile.arrivalMs) / profile.books;
    schedule(startedAt + Math.round(elapsed), () => arrive(n + 1));
  };
  schedule(startedAt, () => arrive(0));
}

/** A book that is created now, and whose life follows by itself. */
function addBook(context: ScriptContext, spec: BookSpec): void {
  const script = drawBook(context, spec);
  const { random, shares } = script;
  const isEmpty = spec.documents === undefined && random.chance(shares.empty);
  const count = spec.documents ?? documentCount(random, context.profile.documents);
  if (!isEmpty) uploadRound(script, count);
  planOtherEvents(script);
}

function documentCount(random: Random, { least, tail, most }: BookSizes): number {
  return Math.min(most, Math.ceil(least * random.next() ** -tail));
}

const GIANT_SHARES = { classifyOnly: 0, isoWorkflow: 0, stuck: 0, bookDeleted: 0 };

/** The giants come evenly between the others. */
function isGiant(n: number, { books, giants }: Profile): boolean {
  return giants > 0 && n % Math.ceil(books / giants) === Math.ceil(books / giants) - 1;
}

function giantCount(random: Random, { giantDocuments: { least, most } }: Profile): number {
  return least + random.int(most - least + 1);
}

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
function planOtherEvents(script: BookScript): void {
  const { random, shares, book } = script;
  if (book.account.habits.vocabulary === 'legacy' || !random.chance(shares.otherEvents)) return;
  after(script, span(random, MINUTE, 10 * DAY), () => {
    if (random.chance(0.1)) {
      const body = anyBody(book, 'analytics.config_updated');
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
