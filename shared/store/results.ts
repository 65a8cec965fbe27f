import { isLater, type Pair } from '../checklist/answer.ts';
import type { ResultKind } from '../events/result-kinds.ts';
import { Failure } from '../failure.ts';
import type { LargeBody, Placed } from './bodies/large-body.ts';
import { type Bodies, MAX_INLINE_BYTES, sha256 } from './bodies/result-bodies.ts';
import type { WriteOutcome } from './books.ts';
import { type Condition, IS_ABSENT } from './condition.ts';
import { PageSet, type ResultItem } from './items.ts';
import { bodyKey, resultItem } from './keys.ts';
import type { Item, Table, Written } from './table.ts';

export interface ResultWrite {
  readonly bookId: string;
  readonly kind: ResultKind;
  readonly subject: string;
  readonly operation: string;
  /** Exactly as received. */
  readonly body: Buffer | LargeBody;
  /** Mark that was read before the request, and the start of the request. */
  readonly answers: Pair;
  /** Generation of the book. */
  readonly generation: number;
  readonly summary: ResultItem['summary'];
  /** Media type of a file; absent from JSON. */
  readonly contentType?: string | undefined;
  /** For a result in several pages. */
  readonly set?: ResultItem['set'];
  /**
   * True if results are kept for a limited time: objects expire by their age, so an object that is already stored is
   * written again when its item is renewed.
   */
  readonly expires?: boolean;
  /** True if a result is probably stored: then it is read first, because a refused write costs as much as a write. */
  readonly isReplacement?: boolean;
  /** Called before a body is stored that is the first, or differs from the stored one. */
  readonly beforeChange?: (isFirst: boolean) => Promise<void>;
}

/** Outcome of the write. `answers` belongs to the body that is stored now, which may be a later one. */
export interface ResultWritten {
  readonly outcome: WriteOutcome;
  readonly answers: Pair;
}

/** Attempts when another writer changes the item between the read and the write. */
const RACES = 5;

/**
 * Stores a result body, byte for byte: gzipped in the item, or in S3 when large. A body replaces another one only if
 * its request had the later mark, or the same mark and started later; `fetchedAt` and `generation` never decrease. A
 * body once stored never changes under its generation: a later answer that differs within the same generation of the
 * book (edited income, for example) gets the next number. Idempotent.
 *
 * The item is written after the object that it points to. Skips the upload if one read finds this body, or a later
 * one, stored, unless that would expire.
 *
 * @throws Failure `retry`
 */
export async function writeResult(table: Table, bodies: Bodies, write: ResultWrite): Promise<ResultWritten> {
  const { body, answers } = write;
  const hash = body instanceof Uint8Array ? sha256(body) : body.sha256;
  const key = { bookId: write.bookId, item: resultItem(write.kind, write.subject) };
  const { isInline, place } = await placement(bodies, write, hash);
  const isRead = write.isReplacement === true || !isInline;
  let existing = isRead
    ? await table.get(key, ['sha256', 'fetchedAt', 'generation', 'answered', 'set'])
    : undefined;
  for (let race = 0; race < RACES; race += 1) {
    const kept = existing === undefined ? undefined : answersOf(existing);
    const isSame =
      existing?.sha256 === hash && PageSet.safeParse(existing.set).data?.others === write.set?.others;
    if (kept !== undefined && !isLater(answers, kept)) {
      return { outcome: isSame ? 'unchanged' : 'stale', answers: kept };
    }
    if (!isSame) await write.beforeChange?.(existing === undefined);
    const written =
      existing !== undefined && isSame
        ? await renew(table, write, existing, write.expires === true ? await place() : {})
        : await table.put(
            { ...key, ...(await place()), ...attributesOf(write, hash, existing) },
            existing === undefined ? IS_ABSENT : isStill(existing),
          );
    if (written.written) return { outcome: isSame ? 'unchanged' : 'applied', answers };
    existing = written.existing;
  }
  throw new Failure('retry', 'conflict');
}

function attributesOf(write: ResultWrite, hash: string, existing: Item | undefined) {
  const { kind, subject, operation, body, answers, summary, contentType, set } = write;
  const generation = existing === undefined ? 0 : storedGeneration(existing) + 1;
  return {
    kind,
    subject,
    operation,
    fetchedAt: laterOf(answers.at, existing),
    answered: answers.wanted,
    bytes: body instanceof Uint8Array ? body.length : body.bytes,
    sha256: hash,
    encoding: 'gzip' as const,
    summary,
    ...(contentType !== undefined && { contentType }),
    ...(set !== undefined && { set }),
    generation: Math.max(write.generation, generation),
  };
}

/** Renews the item when Ocrolus sent the same body again, so that a late answer from in between does not replace it. */
function renew(table: Table, write: ResultWrite, existing: Item, { s3 }: Placed): Promise<Written> {
  return table.update(
    { bookId: write.bookId, item: resultItem(write.kind, write.subject) },
    {
      set: {
        fetchedAt: laterOf(write.answers.at, existing),
        answered: write.answers.wanted,
        generation: Math.max(write.generation, storedGeneration(existing)),
        ...(write.set !== undefined && { set: write.set }),
        ...(s3 !== undefined && { s3, body: undefined }),
      },
      condition: isStill(existing),
    },
  );
}

/** Condition that nothing has changed since the read. For a later mark, the same body may differ only in its mark. */
function isStill({ generation, sha256: hash, fetchedAt, answered }: Item): Condition {
  return {
    generation: equals(generation),
    sha256: equals(hash),
    fetchedAt: equals(fetchedAt),
    answered: answered === undefined ? { exists: false } : equals(answered),
  };
}

/** @throws Failure `retry`, code `incomplete-result`, for a damaged item: no version has written one like it. */
function equals(stored: unknown) {
  if (typeof stored === 'string' || typeof stored === 'number') return { equals: stored };
  throw new Failure('retry', 'incomplete-result');
}

/** Version 0.1 wrote no mark. */
function answersOf(existing: Item): Pair {
  return { wanted: Number(existing.answered ?? 0), at: String(existing.fetchedAt) };
}

function laterOf(at: string, existing: Item | undefined): string {
  const kept = existing === undefined ? '' : String(existing.fetchedAt);
  return at > kept ? at : kept;
}

function storedGeneration(existing: Item): number {
  return typeof existing.generation === 'number' ? existing.generation : 0;
}

/**
 * Decides where the body goes. An object that is put as a whole is named by its content, so that writing it twice has
 * no effect.
 *
 * @returns `place` stores the body there, once.
 */
async function placement(
  bodies: Bodies,
  { bookId, kind, subject, body, contentType }: ResultWrite,
  hash: string,
): Promise<{ readonly isInline: boolean; readonly place: () => Promise<Placed> }> {
  const format = contentType === undefined ? 'json' : 'file';
  const key = bodyKey(bookId, { kind, subject, sha256: hash }, format);
  if (!(body instanceof Uint8Array)) return { isInline: false, place: () => body.place(key) };
  const compressed = await bodies.compress(body);
  if (compressed.length <= MAX_INLINE_BYTES) {
    const inline = { body: new Uint8Array(compressed) };
    return { isInline: true, place: async () => inline };
  }
  let put: Promise<void> | undefined;
  const place = async () => {
    put ??= bodies.put(key, compressed);
    await put;
    return { s3: { bucket: bodies.bucket, key } };
  };
  return { isInline: false, place };
}
