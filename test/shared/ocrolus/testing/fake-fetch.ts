/** One request, as it would have gone out. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly redirect: Request['redirect'];
  readonly signal: AbortSignal;
}

export type Answering = (request: Sent, index: number) => Response | Promise<Response>;

/** A `fetch` that never leaves the process, and remembers what it was asked. */
export function fakeFetch(answer: Answering) {
  const sent: Sent[] = [];
  const send: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const { method, url, headers, redirect, signal } = request;
    sent.push({ method, url, headers, redirect, signal, body: await request.text() });
    const last = sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return answer(last, sent.length - 1);
  };
  return { send, sent };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}
