import type { ResultKind } from '../events/catalog.ts';
import { Failure } from '../failure.ts';
import type { LargeBody, Placed } from './bodies/large-body.ts';
import { type Bodies, MAX_INLINE_BYTES, sha256 } from './bodies/result-bodies.ts';
import type { WriteOutcome } from './books.ts';
import type { ResultItem } from './items.ts';
import { resultItem } from './keys.ts';
import type { Item, Table, Written } from './table.ts';
import type { Condition } from './table-expressions.ts';

export interface ResultWrite {
  readonly bookId: string;
  readonly kind: ResultKind;
  readonly subject: string;
  readonly operation: string;
  /** Exactly as received. */
  readonly body: Buffer | LargeBody;
  /** When the request for it started. */
  readonly fetchedAt: string;
  /** The book's. */
  readonly generation: number;
  readonly summary: ResultItem['summary'];
  /** Of a result in several pages. */
  readonly set?: ResultItem['set'];
  /**
   * Whether results are kept for a limited time: objects then expire by their age, so that one which is stored already is
   * written again when its item is renewed.
   */
  readonly expires?: boolean;
}

/** Attempts when another writer changes the item between the read and the write. */
const RACES = 5;

/**
 * Stores a result body, byte for byte: gzipped in the item, or in S3 when large. A body once stored never
 * changes under its generation: a later answer that differs within the same generation of the book (edited income,
 * for example) gets the next number. An older answer never replaces a newer one. Idempotent.
 *
 * The item is written after the object that it points to. As far as one read shows, no object is written for a body that
 * is stored already, unless that expires, or that is older than the stored one.
 */
export async function writeResult(table: Table, bodies: Bodies, write: ResultWrite): Promise<WriteOutcome> {
  const { body } = write;
  const hash = body instanceof Uint8Array ? sha256(body) : body.sha256;
  const key = { bookId: write.bookId, item: resultItem(write.kind, write.subject) };
  const { isInline, place } = await placement(bodies, write, hash);
  const put = async (generation: number, condition: Condition) =>
    table.put(
      {
        ...key,
        kind: write.kind,
        subject: write.subject,
        operation: write.operation,
        fetchedAt: write.fetchedAt,
        bytes: body instanceof Uint8Array ? body.length : body.bytes,
        sha256: hash,
        encoding: 'gzip' as const,
        ...(await place()),
        summary: write.summary,
        ...(write.set !== undefined && { set: write.set }),
        generation,
      },
      condition,
    );

  const known = isInline ? undefined : await table.get(key, ['sha256', 'fetchedAt', 'generation']);
  const isNotNeeded =
    known !== undefined &&
    (known.sha256 === hash ? write.expires !== true : String(known.fetchedAt) >= write.fetchedAt);
  let written: Written = !isNotNeeded
    ? await put(write.generation, {
        expression: 'attribute_not_exists(#item) OR (generation < :generation AND fetchedAt < :fetched)',
        names: { '#item': 'item' },
        values: { ':generation': write.generation, ':fetched': write.fetchedAt },
      })
    : { written: false, existing: known };
  for (let race = 0; race < RACES && !written.written; race += 1) {
    const { existing } = written;
    const isSame = existing?.sha256 === hash;
    const isNewer = existing === undefined || String(existing.fetchedAt) < write.fetchedAt;
    if (!isNewer && !isSame) return 'stale';
    if (isSame) {
      if (!isNewer && storedGeneration(existing) >= write.generation) return 'unchanged';
      written = await renew(table, write, existing, write.expires === true ? await place() : {});
      if (written.written) return 'unchanged';
      continue;
    }
    const generation = Math.max(write.generation, storedGeneration(existing) + 1);
    written = await put(generation, {
      expression: 'generation = :seen AND sha256 = :sha AND fetchedAt < :fetched',
      values: {
        ':seen': storedGeneration(existing),
        ':sha': existing?.sha256 ?? '',
        ':fetched': write.fetchedAt,
      },
    });
  }
  if (!written.written) throw new Failure('retry', 'conflict');
  return written.before?.sha256 === hash ? 'unchanged' : 'applied';
}

/**
 * Ocrolus sent the same body again. It gets the later time and generation, so that an answer in between that arrives late
 * does not replace it, whatever the clocks say.
 */
function renew(table: Table, write: ResultWrite, existing: Item, { s3 }: Placed): Promise<Written> {
  const fetchedAt = String(existing.fetchedAt);
  return table.update(
    { bookId: write.bookId, item: resultItem(write.kind, write.subject) },
    {
      set: {
        fetchedAt: write.fetchedAt > fetchedAt ? write.fetchedAt : fetchedAt,
        generation: Math.max(write.generation, storedGeneration(existing)),
        ...(write.set !== undefined && { set: write.set }),
        ...(s3 !== undefined && { s3, body: undefined }),
      },
      condition: {
        expression: 'generation = :generation AND sha256 = :sha AND fetchedAt = :fetched',
        values: {
          ':generation': existing.generation,
          ':sha': existing.sha256,
          ':fetched': fetchedAt,
        },
      },
    },
  );
}

function storedGeneration(existing: Item | undefined): number {
  return typeof existing?.generation === 'number' ? existing.generation : 0;
}

/** The prefix of all bodies of a book in the bucket. */
export function bodiesOf(bookId: string): string {
  return `results/${encodeURIComponent(bookId)}/`;
}

/** The key of a body whose content is not known yet. @param id unique. */
export function streamedKey(bookId: string, id: string): string {
  return `${bodiesOf(bookId)}streamed/${id}.json.gz`;
}

/**
 * Where the body goes. An object that is put as a whole is named by its content, so that writing it twice has no effect.
 *
 * @returns `place`: stores it there, once.
 */
async function placement(
  bodies: Bodies,
  { bookId, kind, subject, body }: ResultWrite,
  hash: string,
): Promise<{ readonly isInline: boolean; readonly place: () => Promise<Placed> }> {
  const name = [kind, subject, `${hash}.json.gz`].map(encodeURIComponent).join('/');
  const key = `${bodiesOf(bookId)}${name}`;
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
