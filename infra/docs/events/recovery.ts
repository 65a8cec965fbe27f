import { type Entry, entryName } from '../../../shared/checklist/entry.ts';
import { KINDS, type Policy, RESULT_KINDS, type ResultsPolicy } from '../../../shared/checklist/kinds.ts';
import { type Plan, plan } from '../../../shared/checklist/plan.ts';
import { afterAnswer } from '../../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import { BOOK_VERIFIED } from '../../../shared/events/statuses.ts';
import { DEFAULT_TIMES } from './default-times.ts';
import { IDS, NOW } from './recorded-delivery.ts';
import { type Of, SUBJECTS } from './subjects.ts';

/** What happens to a result whose webhook is lost, once its book is verified. */
export type Recovery =
  /** It is on the checklist without an event: the poller asks for it until it is stored. */
  | { readonly by: 'poller' }
  /** It is requested at these times after the book was verified, as long as Ocrolus refuses it. */
  | { readonly by: 'probes'; readonly afterMs: readonly number[] }
  | { readonly by: 'nothing' };

/** Determined by planning a verified book of which no event was received. */
export function recoveryOf(kind: ResultKind, of: Of, policy: Policy, bookClass?: string): Recovery {
  const planned = planVerified({ ...NOTHING, [kind]: policy }, bookClass);
  const isOfDocuments = KINDS[kind].scope === 'document';
  // Signals have an entry of the book that stands for all documents.
  const subject = isOfDocuments ? IDS.bookUuid : SUBJECTS[of];
  const entry = planned.entries[entryName({ kind, subject }, IDS.bookUuid)];
  if (entry?.state === 'probe') return { by: 'probes', afterMs: probeTimes(entry) };
  const isOpen = isOfDocuments ? planned.open.includes(kind) : entry !== undefined;
  return { by: isOpen ? 'poller' : 'nothing' };
}

const NOTHING = Object.fromEntries(RESULT_KINDS.map((kind) => [kind, 'never'])) as ResultsPolicy;

/** A book that was just verified, with one document, of which only the status is stored. */
function planVerified(policy: ResultsPolicy, bookClass: string | undefined): Plan {
  const status = 'VERIFICATION_COMPLETE';
  const docUuid = IDS.uploadedDocUuid;
  const documents = [{ docUuid, status }];
  const book = {
    bookId: IDS.bookUuid,
    status: BOOK_VERIFIED,
    bookClass,
    generation: 1,
    endedAt: NOW,
    hasResults: true,
  };
  return plan({
    book: { ...book, entries: {} },
    documents: {
      observation: { observedAt: NOW, bookUuid: IDS.bookUuid, status: BOOK_VERIFIED, documents },
      stored: new Map([[docUuid, { status, version: 1, entries: {} }]]),
    },
    policy,
    circuit: () => ({ state: 'closed' }),
    now: Date.parse(NOW),
    times: DEFAULT_TIMES,
  });
}

/** The times of a probe that Ocrolus refuses each time. */
function probeTimes(first: Entry): number[] {
  const times: number[] = [];
  for (let probe = first; probe.nextAt !== undefined; ) {
    const now = Date.parse(probe.nextAt);
    times.push(now - Date.parse(NOW));
    const refused = { class: 'refused', code: '', askedAt: probe.nextAt, covers: undefined } as const;
    probe = afterAnswer(probe, 1, refused, { now, times: DEFAULT_TIMES });
  }
  return times;
}
