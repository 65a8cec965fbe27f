import type { Book } from '../../../../infra/local/ocrolus/model/book.ts';
import { type BookSizes, type Profile, SMALL_BOOKS } from '../profile.ts';
import type { Random } from '../random.ts';
import { type BookSpec, drawBook } from './draw.ts';
import { uploadRound } from './life.ts';
import { planOtherEvents } from './other-events.ts';
import type { ScriptContext } from './script.ts';

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
export function addBook(context: ScriptContext, spec: BookSpec = {}): Book {
  const script = drawBook(context, spec);
  const { book, random, shares } = script;
  const isEmpty = spec.documents === undefined && random.chance(shares.empty);
  const count = spec.documents ?? documentCount(random, context.profile.documents);
  if (!isEmpty) uploadRound(script, count);
  planOtherEvents(script);
  return book;
}

function documentCount(random: Random, { least, tail, most }: BookSizes): number {
  return Math.min(most, Math.ceil(least * random.next() ** -tail));
}

const GIANT_SHARES = { classifyOnly: 0, stuck: 0, bookDeleted: 0 };

/** The giants come evenly between the others. */
function isGiant(n: number, { books, giants }: Profile): boolean {
  return giants > 0 && n % Math.ceil(books / giants) === Math.ceil(books / giants) - 1;
}

function giantCount(random: Random, { giantDocuments: { least, most } }: Profile): number {
  return least + random.int(most - least + 1);
}
