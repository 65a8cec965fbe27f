import { isCaptureKind } from '../checklist/kinds.ts';
import { isExpired, isOpen, isSuppressed, isUntried, type Line, type Rules } from '../checklist/lines.ts';
import type { Want } from '../events/result-kinds.ts';
import type { WriteOutcome } from '../store/books.ts';
import type { Effects } from '../store/ledger.ts';
import { CIRCUIT_OPEN } from '../store/polling/circuits.ts';
import { iso } from '../time.ts';
import { type Announcement, documentsNamed, findDocument } from './announcement.ts';
import type { Asked, AskedAll } from './ask.ts';
import type { Context } from './context.ts';
import { lineName } from './mark.ts';
import type { Seen } from './observation/observe.ts';
import type { Focus } from './read.ts';
import { effectsOf } from './results/effects.ts';
import type { Settled } from './settle.ts';

/** Outcome of a reconcile. */
export interface Reconciled {
  /** Reports by delivery. */
  readonly deliveries: ReadonlyMap<string, Report>;
  /** Report of the look. */
  readonly look: LookReport;
}

/** Outcome for the results that a delivery names, or that a look has asked for. */
export interface Report {
  readonly written: WriteOutcome;
  readonly effects: Effects;
  /** Reasons for missing results: codes of answers, or of what Ocrolus does not show yet. Empty: nothing is missing. */
  readonly missing: readonly string[];
  /** Asking again in some seconds may help. */
  readonly isWorthRetrying: boolean;
  /** Codes of the answers without a result. */
  readonly codes: readonly string[];
  /** Text of Ocrolus about the document, which may name people. */
  readonly details?: string | undefined;
}

export interface LookReport extends Report {
  readonly asked: number;
  /** A result was stored for a document that no event had announced in time. */
  readonly isRecovered: boolean;
  /** The time ended before everything was asked for. */
  readonly isUnfinished: boolean;
}

/** Everything that is known at the end of a reconcile. */
export interface Done {
  readonly focus: Focus;
  readonly seen: Seen;
  readonly asked: AskedAll;
  readonly settled: Settled;
  readonly rules: Rules;
}

export function reportOn(context: Context, done: Done): Reconciled {
  const { focus, seen, asked, settled } = done;
  const { storedResults } = context;
  const deliveries = focus.announcements.map((one): [string, Report] => {
    const names = namesOf(one, done);
    const isOwn = (want: Want) => names.has(lineName(want));
    const documents = changedFor(one, done);
    const effects = effectsOf({ results: storedResults, documents, lines: settled.lines }, isOwn);
    return [one.deliveryId, { ...reportOf(one, isOwn, done), effects }];
  });
  const dueAt = settled.book?.dueAt;
  const namesAsked = new Set(asked.asked.map(({ line }) => lineName(line.want)));
  const look: LookReport = {
    ...summarize(asked.asked, settled.lines.filter(isOpen), done),
    effects: effectsOf(
      { results: storedResults, documents: [...seen.changed], lines: settled.lines },
      (want) => namesAsked.has(lineName(want)),
    ),
    asked: asked.asked.length,
    isRecovered: asked.asked.some(isRecovered),
    isUnfinished:
      seen.observation !== undefined &&
      !asked.isThrottled &&
      dueAt !== undefined &&
      dueAt <= iso(context.now),
  };
  return { deliveries: new Map(deliveries), look };
}

/** Documents of which another state was stored, except those that only other deliveries of the batch name. */
function changedFor(announcement: Announcement, { focus, seen: { changed, documents } }: Done): string[] {
  const namedBy = (one: Announcement) =>
    documentsNamed(one, documents.values()).map(({ docUuid }) => docUuid);
  const own = new Set(namedBy(announcement));
  const ofOthers = new Set(focus.announcements.flatMap(namedBy));
  return [...changed].filter((docUuid) => own.has(docUuid) || !ofOthers.has(docUuid));
}

function reportOf(
  announcement: Announcement,
  isOwn: (want: Want) => boolean,
  done: Done,
): Omit<Report, 'effects'> {
  const { seen, asked, settled } = done;
  const own = asked.asked.filter(({ line }) => isOwn(line.want));
  const report = summarize(
    own,
    settled.lines.filter((line) => isOwn(line.want) && isOpen(line)),
    done,
  );
  const unready = seen.unready.get(announcement.deliveryId);
  const document = findDocument([...seen.documents.values()], announcement.ids);
  return {
    ...report,
    missing: unready === undefined ? report.missing : [...report.missing, unready],
    // Without permits, one look serves all deliveries of the book with fewer calls.
    isWorthRetrying: !asked.isThrottled && (report.isWorthRetrying || unready !== undefined),
    details: document?.rejectionReason,
  };
}

/** Results that an announcement is about. */
function namesOf(announcement: Announcement, { seen, asked }: Done): Set<string> {
  const { wants, documentKinds } = announcement;
  const named = documentsNamed(announcement, asked.documents.values());
  const ofDocuments = named.flatMap(({ docUuid }) =>
    documentKinds.map((kind) => ({ kind, subject: docUuid })),
  );
  // Signals of a document that is not listed are those of its book.
  const bookId = seen.book?.bookId ?? '';
  const ofBook =
    documentKinds.includes('signals') && named[0] === undefined
      ? [{ kind: 'signals', subject: bookId } as const]
      : [];
  return new Set([...wants, ...ofDocuments, ...ofBook].map(lineName));
}

function summarize(
  asked: readonly Asked[],
  open: readonly Line[],
  { seen, rules }: Done,
): Omit<Report, 'effects'> {
  const codes = [...new Set(asked.flatMap(({ answer }) => ('code' in answer ? [answer.code] : [])))];
  const missing = open.map((line) =>
    isSuppressed(line, rules) ? CIRCUIT_OPEN : (line.entry.code ?? 'not-asked'),
  );
  const isApplied = seen.hasChanged || asked.some(({ answer }) => answer.written === 'applied');
  const isStale = asked.some(({ answer }) => answer.written === 'stale');
  return {
    written: isApplied ? 'applied' : isStale ? 'stale' : 'unchanged',
    missing: [...new Set(missing)],
    isWorthRetrying: open.some(({ want }) =>
      asked.some(({ line }) => lineName(line.want) === lineName(want)),
    ),
    codes,
  };
}

/** True if only a look has asked for the result: no event announced it in time. */
function isRecovered({ line, answer }: Asked): boolean {
  const isFirst = !isUntried(line) && (line.entry.tries ?? 0) === 0;
  return isCaptureKind(line.want.kind) && isFirst && answer.class === 'stored';
}

/** Reports results that are asked for monthly only from now on, each once. */
export function reportExpired(
  { log, dependencies: { metrics } }: Context,
  asked: readonly Asked[],
  lines: readonly Line[],
  rules: Rules,
): void {
  const before = new Map(asked.map(({ line }) => [lineName(line.want), line]));
  for (const line of lines) {
    const known = before.get(lineName(line.want));
    if (known === undefined || isExpired(known, rules) || !isExpired(line, rules)) continue;
    const { kind } = line.want;
    log.warn('result expired', { kind, code: line.entry.code });
    metrics.count('ResultExpired', { kind });
  }
}
