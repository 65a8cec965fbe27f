import { type Received, startHttpServer } from '../../../ops/http-server.ts';

/** A webhook endpoint that answers with the given statuses; the last one repeats. */
export async function startReceiver(...statuses: number[]) {
  const received: (Pick<Received, 'headers'> & { readonly body: string })[] = [];
  const server = await startHttpServer(({ headers, body }) => {
    received.push({ headers, body: body.toString() });
    const status = statuses[received.length - 1] ?? statuses.at(-1) ?? 200;
    return { status, body: '', headers: { location: '/elsewhere' } };
  });
  return { ...server, received };
}
