import {
  type AnnouncedEvent,
  isOnlyRecorded,
  KINDS_OF_TASKS,
  readEvent,
} from '../../../functions/consumers/reconcile/event.ts';
import {
  type CatalogEntry,
  catalogEntry,
  EVENT_NAMES,
  type EventName,
  type ResultKind,
} from '../../../shared/events/catalog.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import { BOOK_ITEM, documentItem } from '../../../shared/store/keys.ts';
import { IDS, recordedDelivery } from './recorded-delivery.ts';
import { type Of, ofSubject, SUBJECTS } from './subjects.ts';
import { trace } from './trace.ts';

/** An entry of the checklist that an event opens. */
export interface Opened {
  readonly kind: ResultKind;
  readonly of: Of;
}

export interface EventFacts {
  readonly name: EventName;
  readonly entry: CatalogEntry;
  /** Only the ledger has it, and Ocrolus is not asked. */
  readonly isOnlyRecorded: boolean;
  readonly opens: readonly Opened[];
  /** The same if it has neither the id of a request nor that of a business. */
  readonly opensWithoutId: readonly Opened[];
  /** Whether it also fetches results that are already stored. */
  readonly reopens: boolean;
  /** Whether Book status is asked for: always, only while the book or document is not stored, or never. */
  readonly asksStatus: 'always' | 'while-unknown' | 'never';
  /** Calls for results whose policy is not `never`, if Ocrolus has them. */
  readonly asked: readonly Call[];
  /** Sort keys of the results that are stored then. */
  readonly results: readonly string[];
  /** Sort keys of other written items, besides the ledger. */
  readonly statuses: readonly string[];
}

/** What the consumers do for each event of the catalog, determined by their own code. */
export async function eventFacts(): Promise<EventFacts[]> {
  return Promise.all(EVENT_NAMES.map(factsOf));
}

async function factsOf(name: EventName): Promise<EventFacts> {
  const entry = catalogEntry(name);
  const envelope = envelopeOf(name, entry);
  const { context } = recordedDelivery(envelope);
  const common = { name, entry };
  if (isOnlyRecorded(context.envelope)) {
    const none = { opens: [], opensWithoutId: [], asked: [], results: [], statuses: [] };
    return { ...common, ...none, isOnlyRecorded: true, reopens: false, asksStatus: 'never' };
  }
  const event = await readEvent(context, IDS.bookUuid);
  const opens = openedBy(event);
  const { bookUuid, uploadedDocUuid, imageGroupPk } = IDS;
  const withoutId = recordedDelivery({ ...envelope, ids: { bookUuid, uploadedDocUuid, imageGroupPk } });
  const traces = await Promise.all(opens.map(({ kind, of }) => trace(kind, SUBJECTS[of])));
  return {
    ...common,
    isOnlyRecorded: false,
    opens,
    opensWithoutId: openedBy(await readEvent(withoutId.context, IDS.bookUuid)),
    reopens: event.reopens,
    asksStatus: event.needsStatus ? 'always' : 'while-unknown',
    asked: traces.flatMap(({ asked }) => asked),
    results: traces.flatMap(({ stored }) => stored),
    statuses: [BOOK_ITEM, ...(writesDocuments(event) ? [documentItem(IDS.uploadedDocUuid)] : [])],
  };
}

/** With every id that an event may have, and every task of a book. */
function envelopeOf(eventName: EventName, { channel }: CatalogEntry): Partial<Envelope> {
  const body = JSON.stringify({ tasks: Object.keys(KINDS_OF_TASKS) });
  return { eventName, channel, payload: { encoding: 'utf8', body } };
}

const DOCUMENTS = { named: 'document', 'image-group': 'group', missing: 'documents' } as const;

function openedBy({ documents, documentKinds, wants }: AnnouncedEvent): Opened[] {
  const ofDocuments =
    documents === 'none' || documents === 'listed'
      ? []
      : documentKinds.map((kind) => ({ kind, of: DOCUMENTS[documents] }));
  return [...ofDocuments, ...wants.map(({ kind, subject }) => ({ kind, of: ofSubject(subject) }))];
}

/** The signals of a book have the Detect result of each document. */
function writesDocuments({ documents, isAboutBook, wants }: AnnouncedEvent): boolean {
  return documents !== 'none' || isAboutBook || wants.some(({ kind }) => kind === 'signals');
}
