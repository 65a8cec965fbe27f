import { createServer, type ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_ERROR_BYTES, MAX_WHOLE_BYTES, requestAnswer } from '../../../shared/ocrolus/read-answer.ts';

type Answering = (response: ServerResponse) => void;

let close: (() => void) | undefined;
afterEach(() => close?.());

async function serve(answer: Answering): Promise<URL> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  close = () => {
    server.close();
    server.closeAllConnections();
  };
  const address = server.address();
  return new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
}

/** Virtual time: a timeout fires when the time has come. */
function openClock() {
  const timers: { readonly at: number; readonly fire: () => void }[] = [];
  const clock = {
    now: 0,
    timeout: (milliseconds: number) => {
      const controller = new AbortController();
      const fire = () => controller.abort(new DOMException('timeout', 'TimeoutError'));
      timers.push({ at: clock.now + milliseconds, fire });
      return controller.signal;
    },
    advance: (milliseconds: number) => {
      clock.now += milliseconds;
      // To abort again what is aborted has no effect.
      for (const { at, fire } of timers) if (at <= clock.now) fire();
    },
  };
  return clock;
}

/** Counts what it takes. */
function counting() {
  const received = { bytes: 0, pieces: 0, onPiece: async () => {} };
  const receive = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) {
      received.bytes += chunk.length;
      received.pieces += 1;
      await received.onPiece();
    }
    return { body: 'large', json: {} };
  };
  return { received, receive };
}

const ask = (url: URL, clock = openClock(), receive = counting().receive, deadline = 600_000) =>
  requestAnswer(
    { fetch, now: () => clock.now, timeout: clock.timeout },
    { url, init: {}, deadline },
    receive,
  );

const bytes = (count: number) => Buffer.alloc(count, ' ');

describe('a body', () => {
  it('of 64 KB is read as a whole: it may be an error', async () => {
    const url = await serve((response) => response.end(bytes(MAX_ERROR_BYTES)));
    expect(await ask(url)).toMatchObject({ isWhole: true, body: bytes(MAX_ERROR_BYTES) });
  });

  it('of a byte more is given away as a stream, from its first byte', async () => {
    const url = await serve((response) => response.end(bytes(MAX_ERROR_BYTES + 1)));
    const { received, receive } = counting();
    expect(await ask(url, openClock(), receive)).toMatchObject({ isWhole: false, body: 'large' });
    expect(received.bytes).toBe(MAX_ERROR_BYTES + 1);
  });

  it('of an error status is not read on, however large it is', async () => {
    let isClosed = false;
    const url = await serve((response) => {
      response.on('close', () => {
        isClosed = true;
      });
      response.writeHead(502);
      const more = () => {
        while (response.write(bytes(MAX_ERROR_BYTES)));
        response.once('drain', more);
      };
      more();
    });
    expect(await ask(url)).toMatchObject({ httpStatus: 502, isWhole: true, body: Buffer.alloc(0) });
    await expect.poll(() => isClosed).toBe(true);
  });

  it('that is not taken as a stream is read up to a limit', async () => {
    const { timeout, now } = openClock();
    const askForWhole = async (count: number) => {
      const url = await serve((response) => response.end(bytes(count)));
      return requestAnswer({ fetch, now: () => now, timeout }, { url, init: {}, deadline: 60_000 });
    };
    expect((await askForWhole(MAX_WHOLE_BYTES)).body).toHaveLength(MAX_WHOLE_BYTES);
    const tooLarge = askForWhole(MAX_WHOLE_BYTES + 1);
    await expect(tooLarge).rejects.toMatchObject({ class: 'retry', code: 'too-large' });
  });

  it.each([
    ['before it could be large', 10],
    ['while it is streamed', MAX_ERROR_BYTES * 3],
  ])('that breaks off %s is a failure of the network', async (_when, count) => {
    const url = await serve((response) => {
      response.writeHead(200, { 'content-length': count * 2 });
      response.write(bytes(count), () => setImmediate().then(() => response.destroy()));
    });
    await expect(ask(url)).rejects.toMatchObject({ class: 'retry', code: 'network' });
  });
});

describe('a stream', () => {
  const url = (onOpen: (response: ServerResponse) => void) =>
    serve((response) => {
      response.write(bytes(MAX_ERROR_BYTES * 2), () => onOpen(response));
    });

  it('may take longer than any single wait, as long as something comes', async () => {
    const clock = openClock();
    const { received, receive } = counting();
    const opened = Promise.withResolvers<ServerResponse>();
    const answer = ask(await url(opened.resolve), clock, receive);
    const response = await opened.promise;
    const first = MAX_ERROR_BYTES * 2;
    for (let n = 0; n < 10; n += 1) {
      await expect.poll(() => received.bytes, { interval: 1 }).toBe(first + n);
      // The last piece is processed, and the next one is awaited.
      await setImmediate();
      clock.advance(20_000);
      response.write('x');
    }
    response.end();
    expect(await answer).toMatchObject({ isWhole: false });
    expect(received.bytes).toBe(first + 10);
    expect(clock.now).toBe(200_000);
  });

  it('that stalls is given up after 25 s', async () => {
    const clock = openClock();
    const { received, receive } = counting();
    const answer = ask(await url(() => {}), clock, receive);
    await expect.poll(() => received.bytes).toBe(MAX_ERROR_BYTES * 2);
    // The last piece was taken; it is waited for the next one.
    await setImmediate();
    clock.advance(24_999);
    clock.advance(1);
    await expect(answer).rejects.toMatchObject({ class: 'retry', code: 'network' });
  });

  it('does not stall while its reader is at work, but ends at the deadline', async () => {
    const clock = openClock();
    const { received, receive } = counting();
    let hours = 0;
    received.onPiece = async () => {
      hours += 1;
      clock.advance(30_000);
      await setImmediate();
    };
    const answer = ask(await url((response) => response.end()), clock, receive);
    expect(await answer).toMatchObject({ isWhole: false });
    expect(hours).toBeGreaterThan(1);

    received.onPiece = async () => {
      clock.advance(600_000);
      await setImmediate();
    };
    const late = ask(await url(() => {}), clock, receive, clock.now + 600_000);
    await expect(late).rejects.toMatchObject({ class: 'retry', code: 'network' });
  });
});
