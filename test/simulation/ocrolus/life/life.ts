import type { Document, Mixed } from '../../../../infra/local/ocrolus/model/book.ts';
import * as model from '../../../../infra/local/ocrolus/model/life.ts';
import {
  isCaptureOver,
  isClassifying,
  isFinished,
  setStatus,
  stopsAtClassification,
  touch,
} from '../../../../infra/local/ocrolus/model/versions.ts';
import { startDetect } from '../computed.ts';
import { DAY, HOUR, MINUTE, SECOND, span, uuidFrom } from '../random.ts';
import { announce } from '../spelling.ts';
import { drawDocument, drawMixed, nextPk } from './draw.ts';
import { after, type BookScript, recordLeaving } from './script.ts';

/** Beyond this the documents of a book come one a second, and nothing unusual is uploaded. */
const GIANT = 100;

/** Uploads documents to a new book or to one that exists; everything else follows by itself. */
export function uploadRound(script: BookScript, count: number): void {
  const { context, book, random, shares } = script;
  script.turn += 1;
  const isGiant = count > GIANT;
  const isAllRejected = !isGiant && random.chance(shares.allRejected);
  const group = random.chance(0.06)
    ? { uuid: uuidFrom(random), pk: nextPk(context, book.account.name), working: 0, isRejected: false }
    : undefined;
  book.uploading += count;
  let delay = span(random, SECOND, 5 * MINUTE);
  for (let n = 0; n < count; n += 1) {
    delay += isGiant ? SECOND : span(random, SECOND, 2 * MINUTE);
    if (!isGiant && random.chance(shares.mixed)) {
      const mixed = drawMixed(script);
      after(script, delay, () => uploadMixed(script, mixed));
      continue;
    }
    const document = drawDocument(script, undefined, random.chance(0.3) ? group : undefined);
    if (isAllRejected) document.outcome = 'REJECTED';
    after(script, delay, () => uploadDocument(script, document));
  }
}

function uploadMixed(script: BookScript, mixed: Mixed): void {
  recordLeaving(script);
  model.listMixed(script.book, mixed);
  // Some are split at once, and their parts are listed while the split is not over: 1511.
  if (script.random.chance(0.3)) for (const part of mixed.parts) list(script, part);
  endUpload(script, mixed);
}

function uploadDocument(script: BookScript, document: Document): void {
  recordLeaving(script);
  list(script, document);
  endUpload(script, document);
}

function list({ context, random }: BookScript, document: Document): void {
  const { detectOutcome } = document;
  const isPending = random.chance(0.3) && detectOutcome !== 'absent' && detectOutcome !== 'late';
  const isLate = context.profile.lags === true && random.chance(0.5);
  document.knownFrom = isLate ? context.model.now() + span(random, SECOND, 3 * MINUTE) : 0;
  model.listDocument(context.model, document, isPending);
}

/** One of the expected uploads has come; the last one starts the classification. */
function endUpload(script: BookScript, what: Document | Mixed): void {
  const { context, book, random } = script;
  const moments = model.endUpload(context.model, book, what);
  if (book.uploading === 0) {
    const wait =
      book.bookClass === 'COMPLETE' ? span(random, MINUTE, HOUR) : span(random, 5 * SECOND, 5 * MINUTE);
    after(script, wait, () => classify(script));
  }
  announce(script, moments);
}

function classify(script: BookScript): void {
  const { context, book, random, shares } = script;
  if (book.uploading > 0) return;
  splitMixed(script);
  for (const document of book.documents.filter(({ status }) => status === 'QUEUED')) {
    if (document.outcome === 'FAILED' && random.chance(0.5)) {
      announce(script, [{ kind: 'document-unclassified', book, document }]);
      finish(script, document);
      continue;
    }
    const isEnd = stopsAtClassification(document);
    const to = isEnd ? 'CLASSIFIED' : random.pick(['PROCESSING', 'VERIFYING', 'CLASSIFIED'] as const);
    announce(script, model.classifyDocument(context.model, document, to));
    if (!isEnd) scheduleFinish(script, document);
  }
  announce(script, model.classifyBook(context.model, book));
  if (!isClassifying(book)) return;
  if (random.chance(shares.classUpgraded)) upgradeClass(script);
  else if (random.chance(shares.documentUpgraded)) upgradeDocument(script);
  after(script, random.int(2 * SECOND), () => verify(script));
}

function splitMixed(script: BookScript): void {
  const { context, book, random } = script;
  for (const mixed of book.mixed.filter(({ status }) => status === 'QUEUED')) {
    const areListed = mixed.parts.some(({ isListed }) => isListed);
    const isRejected = !areListed && random.chance(0.1);
    announce(script, model.splitMixed(context.model, book, mixed, isRejected ? 'REJECTED' : 'COMPLETED'));
    if (!areListed && !isRejected) for (const part of mixed.parts) list(script, part);
  }
  touch(context.model, book);
  if (book.working === 0) after(script, SECOND, () => verify(script));
}

/** Seconds for machines; minutes to two days where people look at it. */
function workingTime({ book, random }: BookScript): number {
  if (book.bookClass !== 'COMPLETE') return span(random, 5 * SECOND, 10 * MINUTE);
  return random.chance(0.05) ? span(random, HOUR, 2 * DAY) : span(random, 2 * MINUTE, 3 * HOUR);
}

/** A document in progress comes to its outcome; in a stuck book, the first one never does. */
export function scheduleFinish(script: BookScript, document: Document): void {
  const { book } = script;
  if (book.isStuck && book.documents[0] === document) return;
  after(script, workingTime(script), () => {
    if (isFinished(document) || document.status === 'DELETED') return;
    finish(script, document);
  });
}

function finish(script: BookScript, document: Document): void {
  const { context, book, random } = script;
  model.capture(context.model, document);
  if (random.chance(context.profile.lags === true ? 0.3 : 0.03))
    document.resultsFrom = context.model.now() + span(random, 10 * SECOND, 20 * MINUTE);
  const moments = model.endWork(context.model, document);
  startDetect(script, document);
  announce(script, moments);
  if (book.working > 0 || book.uploading > 0) return;
  // The two events race: 45 ms were seen between them (docs/ocrolus.md#event-order).
  after(script, random.int(2 * SECOND), () => verify(script));
}

/** The end of capture, unless something was added meanwhile. */
function verify(script: BookScript): void {
  const { context, book, turn } = script;
  const moments = model.verify(context.model, book);
  announce(script, moments);
  const isEnd = isClassifying(book)
    ? isCaptureOver(book) && book.uploading === 0 && book.captured > 0 && script.endedTurn < turn
    : moments.length > 0;
  if (!isEnd) return;
  script.endedTurn = turn;
  context.onVerified(script);
}

/** Classify becomes Instant or Complete: its documents continue. */
function upgradeClass(script: BookScript): void {
  const { context, book, random } = script;
  after(script, span(random, HOUR, 2 * DAY), () => {
    recordLeaving(script);
    book.bookClass = random.chance(0.5) ? 'INSTANT' : 'COMPLETE';
    script.turn += 1;
    model.startWork(context.model, book, 'VERIFYING');
    for (const document of book.documents) {
      document.documentClass = undefined;
      document.statusText = undefined;
      if (document.status !== 'CLASSIFIED') continue;
      setStatus(context.model, document, 'VERIFYING');
      book.working += 1;
      scheduleFinish(script, document);
    }
    touch(context.model, book);
    verify(script);
  });
}

/** One document continues, in a book that remains what it is; Book status may show its class before its status. */
function upgradeDocument(script: BookScript): void {
  const { context, book, random } = script;
  after(script, span(random, HOUR, 14 * DAY), () => {
    const classified = book.documents.filter(
      (document) => document.isListed && document.status === 'CLASSIFIED' && stopsAtClassification(document),
    );
    if (classified.length === 0 || !isClassifying(book) || context.model.now() >= context.changesUntil)
      return;
    const document = random.pick(classified);
    script.turn += 1;
    recordLeaving(script);
    model.upgradeDocument(context.model, document, random.pick(['INSTANT', 'COMPLETE']));
    after(script, random.chance(0.5) ? 0 : span(random, MINUTE, HOUR), () => {
      setStatus(context.model, document, 'VERIFYING');
      scheduleFinish(script, document);
    });
  });
}
