import fc from 'fast-check';
import { it, test } from 'vitest';
import type { Table } from '../../../../shared/store/table.ts';
import { again, Crash, stepwise } from '../../store/testing/stepwise.ts';
import { BOTH, BY_PK, PK, UUID, useForgetting } from '../testing/forgetting.ts';

/** The table while its operations come one at a time, in the order that a scheduler chooses. */
let steps: Table | undefined;
let direct: Table;
const book = useForgetting((table) => {
  direct = table;
  const now = () => steps ?? direct;
  return {
    get: (...args) => now().get(...args),
    put: (...args) => now().put(...args),
    update: (...args) => now().update(...args),
    delete: (...args) => now().delete(...args),
    query: (...args) => now().query(...args),
    queryDue: (...args) => now().queryDue(...args),
  };
});

test('any interleaving of two consumers, the poller and the command, with crashes, leaves nothing behind', async () => {
  const documents = [
    () => book.sendUntilDone('DOC_VERIFIED', { uploadedDocUuid: 'd' }),
    () => book.sendUntilDone('DOC_VERIFIED', { ...BY_PK, uploadedDocPk: '70' }),
    () => book.sendUntilDone('document.detect.signal_found', { bookUuid: undefined, uploadedDocUuid: 'd' }),
  ];
  const run = fc.asyncProperty(
    fc.scheduler(),
    fc.boolean(),
    fc.tuple(fc.constantFrom(...documents), fc.constantFrom(BOTH, UUID, PK)),
    fc.infiniteStream(fc.nat(30)),
    async (scheduler, isStored, [sendOfDocument, ids], chance) => {
      await book.reset();
      if (isStored) await book.storeDue();
      let crashesLeft = 4;
      const crash = () => {
        const dies = crashesLeft > 0 && chance.next().value === 0;
        if (dies) crashesLeft -= 1;
        return dies;
      };
      const inSteps = stepwise(direct, scheduler, crash);
      steps = inSteps;
      const all = [
        sendOfDocument(),
        book.sendUntilDone('BOOK_VERIFIED'),
        book.poller.run().catch(() => undefined),
        again(() => book.forget(ids, inSteps)),
      ];
      await scheduler.waitFor(Promise.all(all));
      steps = undefined;
      await book.settle();
      await book.expectForgotten();
    },
  );
  await fc.assert(run, { numRuns: 150 });
});

it('after a crash at any point, the next run removes everything', async () => {
  for (let n = 0; ; n += 1) {
    await book.reset();
    await book.storeDue();
    await book.sendUntilDone('DOC_VERIFIED', { ...BY_PK, uploadedDocUuid: 'd' });
    const isKilled = await book.forgetUntil(n).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Crash) return true;
        throw error;
      },
    );
    await book.forget();
    await book.expectForgotten();
    if (!isKilled) return;
  }
});
