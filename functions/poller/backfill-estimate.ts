import { isDocumentKind, KINDS, RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import { callOfKind } from '../../shared/ocrolus/calls.ts';
import type { PollerSettings } from './dependencies.ts';

/** Assumed number of documents in a book, which is not known before it is polled; as in docs/cost.md. */
const DOCUMENTS = 5;

/** Book status: once when a book is found, and again after the grace time (docs/design.md#the-poller). */
const STATUS_CALLS = 2;

export interface Cost {
  /** Calls to Ocrolus. */
  readonly calls: number;
  /** Time that they take at the stage's rate limit, in milliseconds. */
  readonly milliseconds: number;
}

type Rates = Pick<
  PollerSettings,
  'RESULTS' | 'OCROLUS_REQUESTS_PER_SECOND' | 'OCROLUS_HEAVY_REQUESTS_PER_SECOND' | 'POLL_REQUESTS_PER_SECOND'
>;

/** Cost of fetching a finished book that is not stored. Kinds that only events announce are probed once. */
export function costOfFetching(settings: Rates): Cost {
  const subject = { bookUuid: 'book', docUuid: 'document' };
  const asked = RESULT_KINDS.filter((kind) => {
    const policy = settings.RESULTS[kind];
    return policy === 'always' || (policy === 'announced' && KINDS[kind].probe);
  }).flatMap((kind) => {
    const call = callOfKind(kind, subject);
    return call === undefined ? [] : Array.from({ length: isDocumentKind(kind) ? DOCUMENTS : 1 }, () => call);
  });
  const heavy = asked.filter(({ weight }) => weight === 'heavy').length;
  const calls = STATUS_CALLS + asked.length;
  const seconds = Math.max(
    heavy / settings.OCROLUS_HEAVY_REQUESTS_PER_SECOND,
    calls / settings.OCROLUS_REQUESTS_PER_SECOND,
    STATUS_CALLS / settings.POLL_REQUESTS_PER_SECOND,
  );
  return { calls, milliseconds: seconds * 1000 };
}

/** Cost of comparing a stored book that has not changed. */
export function costOfComparing({ POLL_REQUESTS_PER_SECOND: perSecond }: Rates): Cost {
  return { calls: 1, milliseconds: 1000 / perSecond };
}
