import * as z from 'zod';
import { isDocumentKind } from '../../../shared/checklist/kinds.ts';
import { CAPTURE_RESULTS, RESULTS_OF_TASKS } from '../../../shared/events/catalog/entry.ts';
import { type CatalogEntry, catalogEntry, findEventName } from '../../../shared/events/catalog.ts';
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { ResultKind, Want } from '../../../shared/events/result-kinds.ts';
import type { Ports } from '../../../shared/ports.ts';
import type { Announcement } from '../../../shared/reconcile/announcement.ts';
import { resultsOfKind } from '../../../shared/store/keys.ts';
import { readBody } from './payload.ts';
import { findReason } from './reason.ts';

type EventPorts = Pick<Ports, 'table' | 'bodies'>;

/** True for events that are only recorded: failed uploads, and those about another organization's books. */
export function isOnlyRecorded({ eventName }: Envelope): boolean {
  const name = findEventName(eventName);
  return name !== undefined && catalogEntry(name).bookStatus === 'never';
}

/** True if the event names a document whose book Detect can be asked for. */
export function isOfDetect({ eventName }: Envelope): boolean {
  const name = findEventName(eventName);
  return name !== undefined && catalogEntry(name).ends === 'document-detect';
}

/**
 * Reads from a delivery which results may be new.
 *
 * @param receives number of times that SQS has delivered its message, from 1.
 * @throws the error of S3, if the body is there, and of the table.
 */
export async function announce(
  ports: EventPorts,
  envelope: Envelope,
  bookId: string,
  receives: number,
): Promise<Announcement> {
  const { ids, deliveryId, receivedAt } = envelope;
  const name = findEventName(envelope.eventName);
  const entry = name === undefined ? undefined : catalogEntry(name);
  const kinds = name === 'book.completed' ? await kindsOfTasks(ports, envelope) : (entry?.results ?? []);
  const isDetect = isOfDetect(envelope);
  const isOfDocuments = (kind: ResultKind) => isDocumentKind(kind) || (isDetect && kind === 'signals');
  const documentKinds = kinds.filter(isOfDocuments);
  const ofBook = kinds.filter((kind) => !isOfDocuments(kind));
  const wants = await wantsOf(ports, envelope, ofBook, bookId);
  return {
    deliveryId,
    receivedAt,
    receives,
    ids,
    wants,
    documentKinds,
    documents: documentsOf(envelope, entry, documentKinds),
    isSummary: entry?.reopens === false,
    isAboutStates: entry !== undefined && entry.bookStatus === undefined,
    endsCapture: entry?.ends === 'book-capture',
    completesBook: name === 'book.completed',
    ...(name === 'document.detect.unable_to_process' && {
      detectFailure: findReason(await readBody(ports, envelope)) ?? 'unknown',
    }),
  };
}

function documentsOf(
  { ids }: Envelope,
  entry: CatalogEntry | undefined,
  documentKinds: readonly ResultKind[],
): Announcement['documents'] {
  if (documentKinds.length > 0) {
    if (entry?.subject === 'image-group') return 'image-group';
    return entry?.subject === 'document' ? 'named' : 'book';
  }
  const isOfDocument = entry?.subject === 'document' || entry?.subject === 'mixed-document';
  const named = [ids.uploadedDocUuid, ids.docUuid, ids.uploadedDocPk, ids.mixedDocUuid];
  return isOfDocument && named.some((id) => id !== undefined) ? 'named' : 'none';
}

/** A list or, in case Ocrolus sends them as in its `notification_reason`, one text: `ANALYTICS, CAPTURE`. */
const Tasks = z.looseObject({ tasks: z.union([z.array(z.string()), z.string()]) });

async function kindsOfTasks(ports: EventPorts, envelope: Envelope): Promise<readonly ResultKind[]> {
  const { data } = Tasks.safeParse(await readBody(ports, envelope));
  const tasks = [data?.tasks ?? []].flat().flatMap((text) => text.toUpperCase().split(/\W+/));
  const kinds = tasks.flatMap((task) => RESULTS_OF_TASKS[task] ?? []);
  return kinds.length > 0 ? kinds : CAPTURE_RESULTS;
}

async function wantsOf(
  ports: EventPorts,
  { ids }: Envelope,
  kinds: readonly ResultKind[],
  bookId: string,
): Promise<Want[]> {
  const wants: Want[] = [];
  for (const kind of kinds) {
    if (kind === 'business') wants.push(...(await businesses(ports, ids.businessUuid, bookId)));
    else if (kind === 'analytics') wants.push({ kind, subject: ids.analyticsRequestId ?? bookId });
    else wants.push({ kind, subject: bookId });
  }
  return wants;
}

const BusinessItem = z.object({ subject: z.string() });

/** The business that the event names, else all known ones of the book, because no call lists them. */
async function businesses({ table }: EventPorts, named: string | undefined, bookId: string): Promise<Want[]> {
  if (named !== undefined) return [{ kind: 'business', subject: named }];
  const wants: Want[] = [];
  const query = { bookId, prefix: resultsOfKind('business'), attributes: ['subject'] };
  for await (const item of table.query(query)) {
    const { subject } = BusinessItem.parse(item);
    wants.push({ kind: 'business', subject });
  }
  return wants;
}

/** True if the event announces a result of a business that it does not name, and no business of the book is known. */
export function namesNoBusiness({ eventName }: Envelope, { wants }: Announcement): boolean {
  const name = findEventName(eventName);
  return name !== undefined && catalogEntry(name).ends === 'business' && wants.length === 0;
}
