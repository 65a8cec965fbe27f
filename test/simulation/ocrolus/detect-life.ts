import * as announce from './announce.ts';
import type { Document } from './book.ts';
import { isCaptured, isFinished, signalsChanged } from './book-state.ts';
import { bookDetected } from './completion.ts';
import { endsDetect } from './detect.ts';
import { after, type ModelContext } from './model-context.ts';
import { DAY, HOUR, MINUTE, SECOND, span } from './random.ts';

/** Detect begins with a finished document. Of rejected ones it looks at about half. */
export function startDetect(context: ModelContext, document: Document): void {
  const { book, detectFate } = document;
  const isLookedAt = isCaptured(document) || book.random.chance(0.5);
  const isAbsent = !isLookedAt || detectFate === 'absent' || detectFate === 'late';
  set(context, document, isAbsent ? 'ABSENT' : 'PENDING');
  if (!isLookedAt || !endsDetect(detectFate)) return;
  book.detecting += 1;
  document.detectRun += 1;
  const run = document.detectRun;
  after(context, book, detectTime(document), () => {
    book.detecting -= 1;
    // It went back to work or was deleted meanwhile.
    if (document.detectRun === run && document.listed && isFinished(document)) end(context, document);
    bookDetected(context, book);
  });
}

function detectTime({ detectFate, book: { random, shares } }: Document): number {
  if (detectFate === 'late')
    return shares.lateDetect > 0 ? span(random, DAY, 5 * DAY) : span(random, HOUR, 30 * HOUR);
  return random.chance(0.8) ? span(random, 30 * SECOND, 30 * MINUTE) : span(random, 30 * MINUTE, 6 * HOUR);
}

function end(context: ModelContext, document: Document): void {
  const { detectFate } = document;
  const isDone = detectFate === 'found' || detectFate === 'not_found' || detectFate === 'late';
  set(
    context,
    document,
    isDone ? 'COMPLETED' : detectFate === 'unable' ? 'UNABLE_TO_PROCESS' : 'UNSUPPORTED',
  );
  announce.documentDetected(context, document);
}

function set(context: ModelContext, document: Document, state: Document['detect']): void {
  document.detectBefore = document.detect;
  document.detect = state;
  signalsChanged(context, document);
}
