import type {
  DetectOutcome,
  DocumentKind,
  DocumentSpec,
  Vocabulary,
} from '../../../infra/local/ocrolus/index.ts';

/** What happens to a book at Ocrolus, one step after the other. */
export type Step =
  | 'classify'
  | 'verify-documents'
  | 'verify-book'
  | 'analytics'
  | 'detect'
  | 'income'
  | 'complete'
  | 'reopen'
  | 'suspicious-activity'
  | 'business'
  | 'request-analytics'
  | 'by-pk'
  | 'unknown-event'
  | 'delete';

export interface BookScript {
  readonly documents: readonly DocumentSpec[];
  readonly vocabulary: Vocabulary;
  readonly steps: readonly Step[];
}

type Random = () => number;

/** Mostly one to five documents, with a heavy tail (Pareto), as borrowers have. */
function documentCount(random: Random, most: number): number {
  return Math.min(most, Math.ceil(random() ** -1.1));
}

const KINDS: readonly DocumentKind[] = [
  'bank-statement',
  'bank-statement',
  'bank-statement',
  'form',
  'pay-stub',
];
const DETECTED: readonly DetectOutcome[] = ['not_found', 'not_found', 'found', 'unable'];

function pick<T>(random: Random, list: readonly [T, ...T[]] | readonly T[]): T {
  const found = list[Math.floor(random() * list.length)] ?? list[0];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

export function planDocument(random: Random): DocumentSpec {
  const kind = pick(random, KINDS);
  return {
    kind,
    transactions: 1 + Math.floor(random() * 6),
    detect: pick(random, DETECTED),
    ...(random() < 0.08 && { rejection: 'DOCUMENT IS UNREADABLE' }),
    ...(random() < 0.04 && { imageGroup: 'photographs' }),
    ...(random() < 0.04 && { mixed: 'everything.pdf' }),
  };
}

/** Rows of a statement that is too large for a DynamoDB item. */
const MANY_TRANSACTIONS = 4000;

/**
 * @param largest most documents of a book.
 * @param isGiant it has that many.
 * @param isWide its first document has a result too large for a DynamoDB item; chance alone makes few such books.
 */
export function planScript(
  random: Random,
  largest: number,
  { isGiant, isWide }: { readonly isGiant: boolean; readonly isWide: boolean },
): BookScript {
  const count = isGiant ? largest : documentCount(random, largest);
  const documents = Array.from({ length: count }, () => planDocument(random));
  const isWideByChance = random() < 0.02;
  if (isWide || isWideByChance)
    documents[0] = { kind: 'bank-statement', transactions: MANY_TRANSACTIONS, detect: 'not_found' };
  const vocabulary = random() < 0.3 ? 'legacy' : 'organization';
  return { documents, vocabulary, steps: planSteps(random, isGiant) };
}

function planSteps(random: Random, isGiant: boolean): Step[] {
  const steps = planPass(random);
  const reopenings = isGiant ? 0 : Math.floor(random() ** 2 * 3);
  for (let n = 0; n < reopenings; n += 1) steps.push('reopen', ...planPass(random));
  const extras: Step[] = ['suspicious-activity', 'business', 'request-analytics', 'by-pk', 'unknown-event'];
  for (const extra of extras) if (random() < 0.15) steps.push(extra);
  const ending = random();
  if (ending < 0.1) return steps.slice(0, Math.ceil(random() * steps.length));
  if (ending < 0.15) steps.splice(Math.ceil(random() * steps.length), Number.POSITIVE_INFINITY, 'delete');
  return steps;
}

/** One pass from the upload to the end, in the usual order or nearly (docs/ocrolus.md#event-order). */
function planPass(random: Random): Step[] {
  const capture: Step[] = random() < 0.7 ? ['classify', 'verify-documents', 'verify-book'] : ['verify-book'];
  const rest: Step[] = random() < 0.5 ? ['analytics', 'detect'] : ['detect', 'analytics'];
  // Ocrolus answers "not yet" for the income of the others, which is then missing for as long as the run lasts.
  if (random() < 0.7) rest.push('income');
  if (random() < 0.1) rest.push('income');
  if (random() < 0.8) rest.push('complete');
  return [...capture, ...rest];
}
