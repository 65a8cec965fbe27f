import { type DeadLetterDetails, findById } from '../dead-letters/find-by-id.ts';
import { type Delivery, findDelivery } from '../ledger/deliveries.ts';
import { entryOf, type LogEntry } from '../logs/function-logs.ts';
import type { Target } from '../target.ts';
import { readItems } from './items.ts';
import { attemptsOf, callsOf } from './logged.ts';
import type { Attempt, State, Story } from './story-document.ts';

/** Earlier than any delivery. */
const BEGINNING = new Date(0).toISOString();

/** Margin for different clocks of Lambdas, and for late logs. */
const MARGIN_MS = 60_000;

/** Time for which the logs are read for a delivery that is nowhere else: as long as a message may wait in its queue. */
const QUEUED_MS = 7 * 86_400_000;

interface Search {
  readonly signal: AbortSignal;
  readonly onScanned: (items: number) => void;
}

/**
 * Combines ledger, logs and dead-letter queue into the story of a delivery.
 *
 * @param wanted `bookId`: its partition, which saves reading the whole table.
 * @returns `undefined` if none of them has it.
 * @throws the error of AWS.
 */
export async function buildStory(
  target: Target,
  wanted: { readonly id: string; readonly bookId?: string | undefined },
  { signal, onScanned }: Search,
): Promise<Story | undefined> {
  const { id, bookId } = wanted;
  const window = { from: BEGINNING, to: new Date().toISOString(), bookId, deliveryId: id };
  const delivery = await findDelivery(target.table(), window, { signal, onScanned });
  const isFinal = delivery !== undefined && delivery.outcome !== 'retrying';
  const deadLetter = isFinal ? undefined : (await findById(target, id, delivery?.channel))[0];
  const entries = await logsOf(target, { id, delivery, deadLetter }, signal);
  const queued = entries.find(({ message }) => message === 'delivery queued');
  if (delivery === undefined && deadLetter === undefined && queued === undefined) return undefined;

  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  const receivedAt = delivery?.receivedAt ?? deadLetter?.receivedAt ?? queued?.timestamp ?? null;
  return {
    deliveryId: id,
    state: stateOf(delivery, deadLetter, entries),
    eventName: delivery?.eventName ?? deadLetter?.event ?? text(queued?.eventName),
    source: delivery?.source ?? deadLetter?.source ?? 'webhook',
    account: delivery?.account ?? deadLetter?.account ?? text(queued?.account),
    channel: delivery?.channel ?? deadLetter?.channel ?? text(queued?.channel),
    bookId: delivery?.bookUuid ?? delivery?.bookId ?? deadLetter?.book ?? text(queued?.bookUuid),
    receivedAt,
    processedAt: delivery?.processedAt ?? null,
    outcome: delivery?.outcome ?? null,
    reason: delivery?.reason ?? null,
    attempts: allAttempts(entries, delivery, deadLetter),
    calls: callsOf(entries),
    written: delivery === undefined ? [] : await writtenFor(target, delivery),
    deadLetter: deadLetter ?? null,
  };
}

/** Log lines of the webhook and the consumer about the delivery. */
async function logsOf(
  { logs }: Target,
  {
    id,
    delivery,
    deadLetter,
  }: {
    readonly id: string;
    readonly delivery: Delivery | undefined;
    readonly deadLetter: DeadLetterDetails | undefined;
  },
  signal: AbortSignal,
): Promise<LogEntry[]> {
  const channel = delivery?.channel ?? deadLetter?.channel;
  const functions = logs.names.filter((name) => channel === undefined || ['webhook', channel].includes(name));
  // Ocrolus's ids have no quotes, and a quote would end the filter pattern.
  if (functions.length === 0 || id.includes('"')) return [];
  const receivedAt = delivery?.receivedAt ?? deadLetter?.receivedAt;
  const from =
    receivedAt === undefined || receivedAt === null
      ? Date.now() - QUEUED_MS
      : Date.parse(receivedAt) - MARGIN_MS;
  const isFinal = delivery !== undefined && delivery.outcome !== 'retrying';
  const to = isFinal ? later(delivery.processedAt) : undefined;
  const entries: LogEntry[] = [];
  const query = { functions, from: new Date(from).toISOString(), to, texts: [id] };
  for await (const line of logs.read(query, signal)) {
    const entry = entryOf(line);
    if (entry?.deliveryId === id) entries.push(entry);
  }
  return entries.sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1));
}

function stateOf(
  delivery: Delivery | undefined,
  deadLetter: DeadLetterDetails | undefined,
  entries: readonly LogEntry[],
): State {
  if (delivery !== undefined && delivery.outcome !== 'retrying') return 'processed';
  if (deadLetter !== undefined) return 'dead';
  const hasFailed = delivery !== undefined || entries.some(({ message }) => message === 'retry scheduled');
  return hasFailed ? 'retrying' : 'queued';
}

/** Attempts from the logs, which have times, or from the ledger if it has more, because logs expire. */
function allAttempts(
  entries: readonly LogEntry[],
  delivery: Delivery | undefined,
  deadLetter: DeadLetterDetails | undefined,
): Attempt[] {
  const logged = attemptsOf(entries);
  const codes = delivery?.codes ?? deadLetter?.codes ?? [];
  const isFinal = delivery !== undefined && delivery.outcome !== 'retrying';
  if (logged.length >= codes.length + Number(isFinal)) return logged;
  const failed = codes.map((code): Attempt => ({ attempt: null, at: null, code, retryAfterSeconds: null }));
  if (!isFinal) return failed;
  const { attempts: attempt, processedAt: at, outcome } = delivery;
  return [...failed, { attempt, at, code: outcome, retryAfterSeconds: null }];
}

/** Items whose answer was asked for after the delivery was received, and before it was finished. */
async function writtenFor({ reader }: Target, delivery: Delivery): Promise<Story['written']> {
  const bookId = delivery.bookUuid ?? delivery.bookId;
  const { receivedAt, processedAt } = delivery;
  return (await readItems(reader, bookId))
    .filter(({ at }) => at >= receivedAt && at <= processedAt)
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ item, at }) => ({ item, at }));
}

function later(time: string): string {
  return new Date(Date.parse(time) + MARGIN_MS).toISOString();
}
