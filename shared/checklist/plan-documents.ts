import type { ObservedDocument } from '../events/envelope.ts';
import { DELETED } from '../events/statuses.ts';
import { isNotServed } from './circuit-state.ts';
import { type Entry, isClosed, isClosedEarly, isMissing, isOpen } from './entry.ts';
import { DOCUMENT_KINDS, type DocumentKind, policyFor } from './kinds.ts';
import { goneFrom, isAnalyzable, isCapturable, isDone, isStoredAs, versionOf } from './observation.ts';
import { type Collected, current, type PlanInput } from './plan-input.ts';
import { isRemembered, rememberedOf } from './remembered.ts';

/** What the documents of a book should have. `needsSignals`: of some of them. */
export function planDocuments(input: PlanInput, collected: Collected) {
  const { book, documents, policy, circuit, times, now } = input;
  const changed: string[] = [];
  if (documents === undefined) return { changed, needsSignals: false, isSettled: true };
  const { observation, stored } = documents;
  const remembered = rememberedOf(book);
  const kinds = DOCUMENT_KINDS.filter((kind) => policyFor(policy, book.bookClass, kind) !== 'never');
  // Where no document has results, the book's signals are not asked for: Ocrolus may refuse them for days.
  const wantsSignals =
    book.endedAt !== undefined &&
    book.hasResults === true &&
    policyFor(policy, book.bookClass, 'signals') === 'always';
  const areSignalsOff =
    policyFor(policy, book.bookClass, 'signals') === 'never' || isNotServed(circuit('signals'), input);
  let needsSignals = false;
  let isSettled = observation.isPartial !== true;

  for (const document of observation.documents) {
    const known = stored.get(document.docUuid);
    if (!isStoredAs(known, document)) changed.push(document.docUuid);
    // Of a deleted book, only the statuses matter.
    if (observation.status === DELETED) continue;
    const version = versionOf(known, document);
    const signals = current(known?.entries.signals, version);
    if (!areSignalsOff && isOpen(signals)) askFor('signals', document, signals);
    if (!areSignalsOff && signals?.state === 'expired') isMissingOf('signals');
    const lacksSignals = signals === undefined || isClosedEarly(signals);
    if (wantsSignals && lacksSignals && isAnalyzable(document)) needsSignals = true;
    // A verified book may have a document that is not finished yet, or whose status is an unknown word.
    if (book.endedAt !== undefined && !isDone(document, book.bookClass)) isSettled = false;
    if (!isCapturable(document)) continue;
    for (const kind of kinds) {
      const entry = current(known?.entries[kind], version);
      const isWanted = () =>
        policyFor(policy, book.bookClass, kind) === 'always' || isRemembered(remembered, kind, document);
      if (entry === undefined && !isWanted()) continue;
      if (isNotServed(circuit(kind), input)) {
        const isAsked = collected.canaries.some((want) => want.kind === kind);
        if (circuit(kind).state === 'canary' && !isAsked && !isClosed(entry))
          collected.canaries.push({ kind, subject: document.docUuid });
        continue;
      }
      if (entry === undefined || isOpen(entry)) askFor(kind, document, entry);
      else if (isMissing(entry)) isMissingOf(kind);
    }
  }
  const isGone = goneFrom(observation);
  for (const [docUuid, { status }] of stored) if (isGone(docUuid, status)) changed.push(docUuid);
  const isRefused = current(book.entries.signals, book.generation)?.state === 'unavailable';
  const areSignalsSettled = !needsSignals || areSignalsOff || isRefused;
  if (changed.length > 0) collected.later(Date.parse(book.round?.nextAt ?? '') || now);
  return { changed, needsSignals, isSettled: isSettled && areSignalsSettled && changed.length === 0 };

  function isMissingOf(kind: DocumentKind | 'signals') {
    collected.open.add(kind);
    isSettled = false;
  }

  function askFor(kind: DocumentKind | 'signals', { docUuid }: ObservedDocument, entry: Entry | undefined) {
    isMissingOf(kind);
    if (circuit(kind).state === 'open') collected.later(now + times.max);
    else collected.ask({ kind, subject: docUuid }, entry);
  }
}
