import type { Simulator } from '../simulator.ts';

/** A book in whose life every event of the seed page happens. */
export async function liveThroughEverything(simulator: Simulator): Promise<{ readonly bookUuid: string }> {
  const book = simulator.addBook({
    name: 'Demonstration: every seed event',
    documents: [
      { name: 'january.pdf', kind: 'bank-statement', detect: 'found' },
      { name: 'pay-stub.pdf', kind: 'pay-stub', detect: 'not_found' },
      { name: 'w2-front.jpg', kind: 'form', detect: 'unable', imageGroup: 'w2' },
    ],
  });
  const { uuid } = book;
  await simulator.classifyBook(uuid);
  await simulator.verifyBook(uuid);
  simulator.requestAsyncAnalytics(uuid);
  await simulator.completeAnalytics(uuid);
  for (const document of book.documents) await simulator.runDetect(document.uuid, document.detectOutcome);
  await simulator.flagSuspiciousActivity(uuid);
  await simulator.verifyBusiness(uuid, simulator.createBusiness(uuid).uuid);
  return { bookUuid: uuid };
}

/** A book that goes the same way to analytics and Detect, and of which not one webhook arrives. */
export async function liveUnannounced(simulator: Simulator): Promise<{ readonly bookUuid: string }> {
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
