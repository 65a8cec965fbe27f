import type { Delivery, Simulator } from '../ocrolus/index.ts';

/** A change of a book, with the deliveries that announce it. */
export type Moment = () => Promise<readonly Delivery[]>;

/** Creates a book for every event of the seed page, one after the other. */
export function announcedMoments(simulator: Simulator): {
  readonly bookUuid: string;
  readonly moments: readonly Moment[];
} {
  const book = simulator.addBook({
    name: 'Demonstration: every seed event',
    documents: [
      { name: 'january.pdf', kind: 'bank-statement', detect: 'found' },
      { name: 'pay-stub.pdf', kind: 'pay-stub', detect: 'not_found' },
      { name: 'w2-front.jpg', kind: 'form', detect: 'unable', imageGroup: 'w2' },
    ],
  });
  const { uuid, documents } = book;
  return {
    bookUuid: uuid,
    moments: [
      () => simulator.classifyBook(uuid),
      ...documents.map((document) => () => simulator.verifyDocument(document.uuid)),
      () => simulator.verifyBook(uuid),
      () => {
        simulator.requestAsyncAnalytics(uuid);
        return simulator.completeAnalytics(uuid);
      },
      ...documents.map((document) => () => simulator.runDetect(document.uuid, document.detectOutcome)),
      () => simulator.flagSuspiciousActivity(uuid),
      () => simulator.verifyBusiness(uuid, simulator.createBusiness(uuid).uuid),
    ],
  };
}

/** Creates a book that gets analytics and Detect in the same way, without any webhook. */
export async function playUnannounced(simulator: Simulator): Promise<{ readonly bookUuid: string }> {
  const lost = { deliver: false };
  const spec = {
    name: 'Demonstration: every webhook lost',
    documents: [{ name: 'february.pdf', kind: 'bank-statement', detect: 'found' }],
  } as const;
  const { uuid, documents } = simulator.addBook(spec, lost);
  await simulator.classifyBook(uuid, lost);
  await simulator.verifyBook(uuid, lost);
  await simulator.completeAnalytics(uuid, lost);
  for (const document of documents) await simulator.runDetect(document.uuid, document.detectOutcome, lost);
  return { bookUuid: uuid };
}
