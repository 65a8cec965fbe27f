import * as z from 'zod';
import { EVENT_NAMES, findEventName } from '../../../../shared/events/catalog.ts';
import { VOCABULARIES } from '../model/book.ts';
import { BookSpec, DocumentSpec, MOST_ROWS } from '../specs.ts';

/** Most documents of a book that is made by number; a book can be made with any list of documents. */
const MOST_DOCUMENTS = 500;

export const Announced = z.strictObject({
  /** `false`: the change happens and no webhook is sent. */
  deliver: z.boolean().optional(),
  vocabulary: z.enum(VOCABULARIES).optional(),
});

/** Number of steps that a book advances, or all until it is finished. */
const Steps = z.union([z.literal('all'), z.int().min(1).max(10_000)]);

export const NewBook = BookSpec.extend({
  ...Announced.shape,
  /** So many bank statements, or each document. */
  documents: z.union([z.int().min(0).max(MOST_DOCUMENTS), z.array(DocumentSpec)]).default(1),
  /** Rows of all bank statements together, which are spread over those that do not name theirs. */
  rows: z.int().min(0).max(MOST_ROWS).optional(),
  /** Advances the book in the background once it is there. */
  steps: Steps.optional(),
});

export type NewBook = z.infer<typeof NewBook>;

/** `POST /ocrolus/books/<uuid>/advance`. */
export const Advance = Announced.extend({
  steps: Steps.default(1),
  /** `true`: answered only when the deliveries of every step have their outcomes. */
  wait: z.boolean().default(false),
});

const Event = z.string().transform((sent, context) => {
  const name = findEventName(sent);
  if (name !== undefined) return name;
  context.addIssue({ code: 'custom', message: `no event ${sent}; it is one of: ${EVENT_NAMES.join(' ')}` });
  return z.NEVER;
});

export const Ticked = z.strictObject({ events: z.array(Event).optional() });

/** `POST /ocrolus/books/<uuid>/events`: any event of the catalog, in any spelling that Ocrolus uses. */
export const SentEvent = z.strictObject({
  event: Event,
  wait: z.boolean().default(false),
});
