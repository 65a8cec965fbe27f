import {
  CLASSIFY_ONLY,
  DEFAULT_RESULTS,
  KINDS,
  POLICIES,
  type Policy,
  policyFor,
  RESULT_KINDS,
} from '../../../shared/checklist/kinds.ts';
import { NOT_ANALYZED } from '../../../shared/checklist/transitions.ts';
import type { EventName, ResultKind } from '../../../shared/events/catalog.ts';
import type { Call } from '../../../shared/ocrolus/calls.ts';
import { resultItem } from '../../../shared/store/keys.ts';
import { pageSubject } from '../../../shared/store/page-sets.ts';
import type { EventFacts } from './event-facts.ts';
import { IDS } from './recorded-delivery.ts';
import { type Recovery, recoveryOf } from './recovery.ts';
import { type Of, SUBJECTS, single } from './subjects.ts';
import { fallbacks, jobCalls, permanentCodes, trace } from './trace.ts';

/** The calls, stored items and recovery of one kind of result for one kind of subject. */
export interface KindFacts {
  readonly kind: ResultKind;
  readonly of: Of;
  readonly defaultPolicy: Policy;
  /** The default for a book that is only classified. */
  readonly classifyOnlyPolicy: Policy;
  readonly announcedBy: readonly EventName[];
  /** Calls that are always made. */
  readonly asked: readonly Call[];
  /** Further calls, if Ocrolus refuses those. */
  readonly fallbacks: readonly Call[];
  /** Further calls, if the result is too large for one answer. */
  readonly jobs: readonly Call[];
  /** Sort keys. */
  readonly stored: readonly string[];
  /** Codes with which the entry ends as `unavailable`. */
  readonly permanentCodes: readonly string[];
  /** What happens to it when its webhook is lost. */
  readonly recovery: Readonly<Record<Policy, Recovery>>;
}

/** Every kind, once for each kind of subject for which it is requested. */
export async function kindFacts(events: readonly EventFacts[]): Promise<KindFacts[]> {
  const pairs = RESULT_KINDS.flatMap((kind) => ofsOf(kind, events).map((of) => factsOf(kind, of, events)));
  return Promise.all(pairs);
}

/** First its own subject, then the subjects by which events name it. */
function ofsOf(kind: ResultKind, events: readonly EventFacts[]): Of[] {
  const { scope } = KINDS[kind];
  const named = events.flatMap(({ opens }) => opens.filter((opened) => opened.kind === kind));
  const own: Of[] = scope === 'named' ? [] : [scope];
  return [...new Set([...own, ...named.map(({ of }) => single(of))])];
}

async function factsOf(kind: ResultKind, of: Of, events: readonly EventFacts[]): Promise<KindFacts> {
  const subject = SUBJECTS[of];
  const { asked, stored } = await trace(kind, subject);
  const isOpened = ({ opens, opensWithoutId }: EventFacts) =>
    [...opens, ...opensWithoutId].some((opened) => opened.kind === kind && single(opened.of) === of);
  const recovery = POLICIES.map((policy) => [policy, recoveryOf(kind, of, policy)]);
  return {
    kind,
    of,
    defaultPolicy: DEFAULT_RESULTS[kind],
    classifyOnlyPolicy: policyFor(DEFAULT_RESULTS, CLASSIFY_ONLY, kind),
    announcedBy: events.filter(isOpened).map(({ name }) => name),
    asked,
    fallbacks: await fallbacks(kind, subject),
    jobs: await jobCalls(kind, subject),
    stored: [...stored, ...pagesOf(kind)],
    permanentCodes: [...(await permanentCodes(kind, subject)), ...(kind === 'signals' ? [NOT_ANALYZED] : [])],
    recovery: Object.fromEntries(recovery) as Record<Policy, Recovery>,
  };
}

/** Pages after the first. */
function pagesOf(kind: ResultKind): string[] {
  if (kind !== 'enriched-transactions') return [];
  const subject = pageSubject(IDS.bookUuid, '<set>', 0).replace(/\d+$/, '<offset>');
  return [resultItem(kind, subject)];
}
