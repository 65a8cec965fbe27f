import { Failure } from '../failure.ts';
import type { Ports } from '../ports.ts';

/** Maximum size of an error. A larger body is not parsed to find out whether it is one. */
export const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Largest answer, other than a result, that is read as a whole: Book status with about 2,000 documents has 500 KB.
 * Ten of them at once must fit into a Lambda of 512 MB.
 */
export const MAX_WHOLE_BYTES = 8 * 1024 * 1024;

/** Longest wait for the start of an answer, and for each further piece. */
const STALL_MS = 25_000;

/**
 * Takes a body of any size, to its end.
 *
 * @param signal aborts at the deadline.
 * @throws the error of reading `chunks`: Failure `retry`.
 */
export type Receive<Large> = (
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
) => Promise<{ readonly body: Large; readonly json: unknown }>;

/** With `isWhole`, `body` has all bytes, or none if an error was larger than `MAX_ERROR_BYTES`. */
export type ReceivedAnswer<Large> = {
  readonly httpStatus: number;
  readonly headers: Headers;
} & (
  | { readonly isWhole: true; readonly body: Buffer }
  | { readonly isWhole: false; readonly body: Large; readonly json: unknown }
);

export interface OutgoingRequest {
  readonly url: URL;
  readonly init: RequestInit;
  /** Unix milliseconds by which the answer must have arrived. */
  readonly deadline: number;
}

/**
 * Makes a request and reads its answer. A body of more than 64 KB goes to `receive`, if given and the status says
 * success; with another status, a body of that size is dropped. An answer that makes progress may take until the
 * deadline; one that stalls is aborted after 25 s.
 *
 * @throws Failure `retry`: `deadline` before anything is sent, `network`, `too-large`; and the error of `receive`.
 */
export async function requestAnswer<Large>(
  ports: Pick<Ports, 'fetch' | 'now' | 'timeout'>,
  { url, init, deadline }: OutgoingRequest,
  receive?: Receive<Large>,
): Promise<ReceivedAnswer<Large>> {
  if (deadline <= ports.now()) throw new Failure('retry', 'deadline');
  const watch = startWatch(ports, deadline);
  try {
    const response = await ports
      .fetch(url, { ...init, signal: watch.signal, redirect: 'error' })
      .catch(throwNetworkFailure);
    const { status: httpStatus, headers } = response;
    const chunks = read(response.body, watch);
    try {
      const { pieces, isWhole } = await readHead(chunks);
      const answer = { httpStatus, headers };
      if (isWhole) return { ...answer, isWhole, body: Buffer.concat(pieces) };
      if (httpStatus >= 400) return { ...answer, isWhole: true, body: Buffer.alloc(0) };
      const all = join(pieces, chunks);
      if (receive === undefined) return { ...answer, isWhole: true, body: await readWhole(all) };
      return { ...answer, isWhole, ...(await receive(all, watch.signal)) };
    } finally {
      // Closes the connection if the body was not read to its end.
      await chunks.return(undefined);
    }
  } finally {
    watch.end();
  }
}

interface Watch {
  readonly signal: AbortSignal;
  /** The reader waits for the next piece. */
  wait(): void;
  /** The reader processes a piece, however long that takes. */
  pause(): void;
  end(): void;
}

/** Aborts a request at its deadline, or when nothing arrives for too long. */
function startWatch({ now, timeout }: Pick<Ports, 'now' | 'timeout'>, deadline: number): Watch {
  const controller = new AbortController();
  let waitingSince: number | undefined = now();
  let isOver = false;
  const arm = () => {
    const stallAt = (waitingSince ?? now()) + STALL_MS;
    const timer = timeout(Math.max(0, Math.min(stallAt, deadline) - now()));
    timer.addEventListener('abort', () => check(timer.reason), { once: true });
  };
  const check = (reason: unknown) => {
    if (isOver) return;
    const isStalled = waitingSince !== undefined && now() - waitingSince >= STALL_MS;
    if (isStalled || now() >= deadline) controller.abort(reason);
    else arm();
  };
  arm();
  return {
    signal: controller.signal,
    wait: () => {
      waitingSince = now();
    },
    pause: () => {
      waitingSince = undefined;
    },
    end: () => {
      isOver = true;
    },
  };
}

async function* read(body: Response['body'], watch: Watch): AsyncGenerator<Uint8Array, void> {
  if (body === null) return;
  try {
    watch.wait();
    for await (const chunk of body) {
      watch.pause();
      yield chunk;
      watch.wait();
    }
  } catch (error) {
    throwNetworkFailure(error);
  }
}

/** Reads until the body is longer than any error. */
async function readHead(
  chunks: AsyncGenerator<Uint8Array, void>,
): Promise<{ readonly pieces: Uint8Array[]; readonly isWhole: boolean }> {
  const pieces: Uint8Array[] = [];
  for (let bytes = 0; bytes <= MAX_ERROR_BYTES; ) {
    const next = await chunks.next();
    if (next.done === true) return { pieces, isWhole: true };
    pieces.push(next.value);
    bytes += next.value.length;
  }
  return { pieces, isWhole: false };
}

async function* join(head: Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  // Releases the pieces while the rest is read.
  yield* head.splice(0);
  yield* rest;
}

async function readWhole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of chunks) {
    bytes += piece.length;
    if (bytes > MAX_WHOLE_BYTES) throw new Failure('retry', 'too-large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function throwNetworkFailure(cause: unknown): never {
  throw new Failure('retry', 'network', { cause });
}
