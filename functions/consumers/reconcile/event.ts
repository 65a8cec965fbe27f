import * as z from 'zod';
import { DOCUMENT_KINDS, isDocumentKind, KINDS } from '../../../shared/checklist/kinds.ts';
import { ANALYTICS_RESULTS, INCOME_RESULTS } from '../../../shared/events/catalog/entry.ts';
import {
  type CatalogEntry,
  catalogEntry,
  type EventName,
  findEventName,
  isAboutAccount,
  type ResultKind,
} from '../../../shared/events/catalog.ts';
import type { Envelope, Want } from '../../../shared/events/envelope.ts';
import { POLL_EVENTS } from '../../../shared/events/poll-events.ts';
import { resultsOfKind } from '../../../shared/store/keys.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { readBody } from './payload.ts';
import { findReason } from './reason.ts';

/** What a delivery announces, as far as that decides what is asked for. */
export interface AnnouncedEvent {
  readonly name: EventName | undefined;
  /** Results of the book, of a request or of a business. */
  readonly wants: readonly Want[];
  /** Kinds of results of documents, and of which documents. */
  readonly documentKinds: readonly ResultKind[];
  readonly documents: 'named' | 'image-group' | 'missing' | 'listed' | 'none';
  /** For `listed`: what the poller found missing. */
  readonly listed: readonly Want[];
  /** Whether results that are stored already are asked for again. */
  readonly reopens: boolean;
  /** The status of every document is to be compared. */
  readonly isAboutBook: boolean;
  /** Book status is needed to process it. */
  readonly needsStatus: boolean;
  /** It announces a result of a business that it does not name, and no business of the book is known. */
  readonly isUnnamed: boolean;
  /** All of Ocrolus's work on the book is done. */
  readonly completesBook: boolean;
  /** Why Detect could not process the document. */
  readonly detectFailure?: string | undefined;
}

/** Events of sharing and monitoring, whose book may belong to another organization, and failed uploads. */
export function isOnlyRecorded({ eventName }: Envelope): boolean {
  return findEventName(eventName) === 'document.upload_failed' || isAboutAccount(eventName);
}

/** Reads what a delivery announces. @throws what S3 throws, where S3 has the body. */
export async function readEvent(context: DeliveryContext, bookId: string): Promise<AnnouncedEvent> {
  const { envelope } = context;
  if (envelope.source === 'poll') return pollEvent(envelope, bookId);
  const name = findEventName(envelope.eventName);
  const entry = name === undefined ? undefined : catalogEntry(name);
  const kinds = name === 'book.completed' ? await kindsOfTasks(context) : (entry?.results ?? []);
  const isDetect = entry?.ends === 'document-detect';
  const documentKinds = isDetect ? (['signals'] as const) : kinds.filter(isDocumentKind);
  const wants = isDetect ? [] : await wantsOf(context, kinds, bookId);
  const documents = documentsOf(context, entry, documentKinds);
  const needsStatus =
    !isDetect && (documentKinds.length > 0 || wants.length === 0 || kinds.includes('classification'));
  return {
    name,
    wants,
    documentKinds,
    documents,
    listed: [],
    reopens: entry?.reopens !== false,
    isAboutBook: needsStatus && (documents === 'none' || documents === 'missing'),
    needsStatus,
    isUnnamed: kinds.includes('business') && wants.length === 0,
    completesBook: name === 'book.completed',
    ...(name === 'document.detect.unable_to_process' && {
      detectFailure: findReason(await readBody(context)) ?? 'unknown',
    }),
  };
}

/** The poller asks for the signals of a document whose book was unknown: the message names it as an event would. */
const NAMED_SIGNALS: AnnouncedEvent = {
  name: undefined,
  wants: [],
  documentKinds: ['signals'],
  documents: 'named',
  listed: [],
  reopens: true,
  isAboutBook: false,
  needsStatus: false,
  isUnnamed: false,
  completesBook: false,
};

function pollEvent({ eventName, wants = [] }: Envelope, bookId: string): AnnouncedEvent {
  if (eventName === POLL_EVENTS.signals.eventName) return NAMED_SIGNALS;
  const listed = wants.filter(({ kind, subject }) => subject !== bookId && KINDS[kind].scope === 'document');
  return {
    name: undefined,
    wants: wants.filter((want) => !listed.includes(want)),
    documentKinds: [...DOCUMENT_KINDS, 'signals'],
    documents: listed.length > 0 ? 'listed' : 'none',
    listed,
    reopens: false,
    isAboutBook: wants.length === 0,
    needsStatus: wants.length === 0 || listed.length > 0,
    isUnnamed: false,
    completesBook: false,
  };
}

function documentsOf(
  { ids }: DeliveryContext,
  entry: CatalogEntry | undefined,
  documentKinds: readonly ResultKind[],
): AnnouncedEvent['documents'] {
  if (documentKinds.length > 0) {
    if (entry?.subject === 'image-group') return 'image-group';
    return entry?.subject === 'document' ? 'named' : 'missing';
  }
  const isOfDocument = entry?.subject === 'document' || entry?.subject === 'mixed-document';
  const isNamed = [ids.uploadedDocUuid, ids.docUuid, ids.uploadedDocPk, ids.mixedDocUuid].some(
    (id) => id !== undefined,
  );
  return isOfDocument && isNamed ? 'named' : 'none';
}

const Tasks = z.looseObject({ tasks: z.array(z.string()) });

/** The results that each task of `book.completed` stands for; `tasks` is optional (docs/ocrolus.md#event-fields). */
export const KINDS_OF_TASKS: Readonly<Record<string, readonly ResultKind[]>> = {
  CAPTURE: DOCUMENT_KINDS,
  ANALYTICS: ANALYTICS_RESULTS,
  DETECT: ['signals'],
  INCOME: INCOME_RESULTS,
};

async function kindsOfTasks(context: DeliveryContext): Promise<readonly ResultKind[]> {
  const { data } = Tasks.safeParse(await readBody(context));
  const kinds = (data?.tasks ?? []).flatMap((task) => KINDS_OF_TASKS[task] ?? []);
  return kinds.length > 0 ? kinds : DOCUMENT_KINDS;
}

async function wantsOf(
  context: DeliveryContext,
  kinds: readonly ResultKind[],
  bookId: string,
): Promise<Want[]> {
  const { analyticsRequestId } = context.ids;
  const wants: Want[] = [];
  for (const kind of kinds.filter((one) => !isDocumentKind(one))) {
    if (kind === 'business') wants.push(...(await businesses(context, bookId)));
    else if (kind === 'analytics') wants.push({ kind, subject: analyticsRequestId ?? bookId });
    else wants.push({ kind, subject: bookId });
  }
  return wants;
}

const BusinessItem = z.object({ subject: z.string() });

/** The business that the event names, else the known ones of the book: no call lists them. */
async function businesses(context: DeliveryContext, bookId: string): Promise<Want[]> {
  const { businessUuid } = context.ids;
  if (businessUuid !== undefined) return [{ kind: 'business', subject: businessUuid }];
  const wants: Want[] = [];
  const { table } = context.dependencies.ports;
  const query = { bookId, prefix: resultsOfKind('business'), attributes: ['subject'] };
  for await (const item of table.query(query)) {
    const { subject } = BusinessItem.parse(item);
    wants.push({ kind: 'business', subject });
  }
  return wants;
}
