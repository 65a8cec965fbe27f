import { type DeadLetterDetails, findById } from './dead-letters/examine.ts';
import { type Delivery, findDelivery } from './ledger/deliveries.ts';
import { BEGINNING } from './ledger/read-ledger.ts';
import { entryOf, type LogEntry } from './logs/function-logs.ts';
import type { Target } from './target/target.ts';

/**
 * State of a delivery:
 * - `queued`: accepted, and not finished or failed yet.
 * - `retrying`: it has failed, and its message is in the queue.
 * - `dead`: its message is in the dead-letter queue.
 * - `processed`: it has its final outcome.
 */
type State = 'queued' | 'retrying' | 'dead' | 'processed';

interface Attempt {
  /** Counted from 1; `null` if only the ledger has it. */
  readonly attempt: number | null;
  readonly at: string | null;
  /** Code of the failure, or the outcome that ended it. */
  readonly code: string;
  readonly retryAfterSeconds: number | null;
}

interface CallMade {
  readonly at: string;
  readonly operation: string;
  /** `ok`, the kind of refusal, or `failed`. */
  readonly answer: string;
  readonly code: string | null;
  readonly ms: number;
}

/** The story of a delivery, without body and names. */
export type Story = NonNullable<Awaited<ReturnType<typeof buildStory>>>;

/** Margin for different clocks of Lambdas, and for late logs. */
const MARGIN_MS = 60_000;

/** Time for which the logs are read for a delivery that is nowhere else: as long as a message may wait in its queue. */
const QUEUED_MS = 7 * 86_400_000;

interface Search {
  readonly signal: AbortSignal;
  readonly onScanned: (items: number) => void;
}

interface Stored {
  readonly delivery: Delivery | undefined;
  /** The same entry if its outcome is final. */
  readonly final: Delivery | undefined;
  readonly deadLetter: DeadLetterDetails | undefined;
}

/**
 * Combines ledger, logs and dead-letter queue into the story of a delivery.
 *
 * @param wanted `bookId`: its partition; `since`: the index has every delivery from then on. Either saves a scan.
 * @returns `undefined` if none of them has it.
 * @throws the error of AWS.
 */
export async function buildStory(
  target: Target,
  wanted: { readonly id: string; readonly bookId?: string | undefined; readonly since?: string | undefined },
  { signal, onScanned }: Search,
) {
  const { id, bookId, since } = wanted;
  const from = since ?? BEGINNING;
  const isIndexed = since !== undefined;
  const window = { from, to: new Date().toISOString(), bookId, deliveryId: id, isIndexed };
  const delivery = await findDelivery(target.table(), window, { signal, onScanned });
  const final = delivery?.outcome === 'retrying' ? undefined : delivery;
  const [deadLetter] = final === undefined ? await findById(target, id, signal, delivery?.channel) : [];
  const stored = { delivery, final, deadLetter };
  const entries = await logsOf(target, id, stored, signal);
  const queued = entries.find(({ message }) => message === 'delivery queued');
  if (delivery === undefined && deadLetter === undefined && queued === undefined) return undefined;

  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    deliveryId: id,
    state: stateOf(stored, entries),
    eventName: delivery?.eventName ?? deadLetter?.event ?? text(queued?.eventName),
    source: delivery?.source ?? deadLetter?.source ?? 'webhook',
    account: delivery?.account ?? deadLetter?.account ?? text(queued?.account),
    channel: delivery?.channel ?? deadLetter?.channel ?? text(queued?.channel),
    bookId: delivery?.bookUuid ?? delivery?.bookId ?? deadLetter?.book ?? text(queued?.bookUuid),
    receivedAt: delivery?.receivedAt ?? deadLetter?.receivedAt ?? queued?.timestamp ?? null,
    processedAt: delivery?.processedAt ?? null,
    outcome: delivery?.outcome ?? null,
    reason: delivery?.reason ?? null,
    attempts: allAttempts(stored, entries),
    calls: callsOf(entries),
    /** `null`: not finished, or an entry of version 0.2 or earlier, which did not record it. */
    written: final?.written ?? null,
    alreadyStored: final?.alreadyStored ?? null,
    unlisted: final?.unlisted ?? 0,
    deadLetter: deadLetter ?? null,
  };
}

/** Log lines of the webhook and the consumer about the delivery, oldest first. */
async function logsOf(
  { logs }: Target,
  id: string,
  { delivery, final, deadLetter }: Stored,
  signal: AbortSignal,
): Promise<LogEntry[]> {
  const channel = delivery?.channel ?? deadLetter?.channel;
  const functions = logs.names.filter((name) => channel === undefined || ['webhook', channel].includes(name));
  // Ocrolus's ids have no quotes, and a quote would end the filter pattern.
  if (functions.length === 0 || id.includes('"')) return [];
  const receivedAt = delivery?.receivedAt ?? deadLetter?.receivedAt ?? null;
  const from = receivedAt === null ? Date.now() - QUEUED_MS : Date.parse(receivedAt) - MARGIN_MS;
  const to = final && new Date(Date.parse(final.processedAt) + MARGIN_MS).toISOString();
  const entries: LogEntry[] = [];
  const query = { functions, from: new Date(from).toISOString(), to, texts: [id] };
  for await (const line of logs.read(query, signal)) {
    const entry = entryOf(line);
    if (entry?.deliveryId === id) entries.push(entry);
  }
  return entries.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}

function stateOf({ delivery, final, deadLetter }: Stored, entries: readonly LogEntry[]): State {
  if (final !== undefined) return 'processed';
  if (deadLetter !== undefined) return 'dead';
  const hasFailed = delivery !== undefined || entries.some(({ message }) => message === 'retry scheduled');
  return hasFailed ? 'retrying' : 'queued';
}

/** Attempts from the logs, which have times, or from the ledger if it has more, because logs expire. */
function allAttempts({ delivery, final, deadLetter }: Stored, entries: readonly LogEntry[]): Attempt[] {
  const logged = attemptsOf(entries);
  const codes = delivery?.codes ?? deadLetter?.codes ?? [];
  if (logged.length >= codes.length + (final === undefined ? 0 : 1)) return logged;
  const failed = codes.map((code): Attempt => ({ attempt: null, at: null, code, retryAfterSeconds: null }));
  if (final === undefined) return failed;
  const { attempts: attempt, processedAt: at, outcome: code } = final;
  return [...failed, { attempt, at, code, retryAfterSeconds: null }];
}

/** Attempts of a delivery in the logs, oldest first. */
function attemptsOf(entries: readonly LogEntry[]): Attempt[] {
  const numberOf = (value: unknown) => (typeof value === 'number' ? value : null);
  return entries.flatMap(({ timestamp: at, message, attempts, code, outcome, seconds }): Attempt[] => {
    const common = { attempt: numberOf(attempts), at };
    if (message === 'retry scheduled')
      return [{ ...common, code: String(code), retryAfterSeconds: numberOf(seconds) }];
    if (message === 'delivery processed')
      return [{ ...common, code: String(outcome), retryAfterSeconds: null }];
    return [];
  });
}

/** Calls for a delivery in the logs, oldest first. */
function callsOf(entries: readonly LogEntry[]): CallMade[] {
  return entries
    .filter(({ message }) => message === 'Ocrolus asked')
    .map(({ timestamp, operation, answer, code, ms }) => ({
      at: timestamp,
      operation: String(operation),
      answer: String(answer),
      code: code === undefined ? null : String(code),
      ms: Number(ms),
    }));
}
