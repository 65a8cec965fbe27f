import fc from 'fast-check';
import { it, test } from 'vitest';
import type { Table } from '../../../../shared/store/table.ts';
import { again, Crash, stepwise } from '../../store/testing/stepwise.ts';
import {
  BOTH,
  createForgettingHarness,
  deliverUntilDone,
  expectForgotten,
  IN_FLIGHT_SECONDS,
  nothing,
  PK,
  poll,
  stored,
  UUID,
} from '../testing/forgetting.ts';

test('any interleaving of two consumers, the poller and the command, with crashes, leaves nothing behind', async () => {
  const documents = [
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    deliverUntilDone('document.detect.signal_found', { uploadedDocUuid: 'd' }),
  ];
  const run = fc.asyncProperty(
    fc.scheduler(),
    fc.constantFrom(nothing, stored),
    fc.tuple(fc.constantFrom(...documents), fc.constantFrom(BOTH, UUID, PK)),
    fc.infiniteStream(fc.nat(30)),
    async (scheduler, prepare, [ofDocument, ids], chance) => {
      let crashesLeft = 0;
      const crash = () => {
        const dies = crashesLeft > 0 && chance.next().value === 0;
        if (dies) crashesLeft -= 1;
        return dies;
      };
      let isStepwise = false;
      let steps: Table | undefined;
      const harness = await createForgettingHarness((table) => {
        steps = stepwise(table, scheduler, crash);
        return switched(table, steps, () => isStepwise);
      });
      await prepare(harness);
      isStepwise = true;
      crashesLeft = 4;
      const all = [
        ofDocument(harness),
        deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness),
        harness.run().catch(() => undefined),
        again(() => harness.forget(ids, steps)),
      ];
      await scheduler.waitFor(Promise.all(all));
      isStepwise = false;
      await harness.process();
      harness.clock.advance(IN_FLIGHT_SECONDS);
      await poll(harness);
      await poll(harness);
      await expectForgotten(harness);
    },
  );
  await fc.assert(run, { numRuns: 150 });
});

/** One of two tables, as long as it is said to be that one. */
function switched(one: Table, other: Table, isOther: () => boolean): Table {
  const now = () => (isOther() ? other : one);
  return {
    get: (...args) => now().get(...args),
    put: (...args) => now().put(...args),
    update: (...args) => now().update(...args),
    delete: (...args) => now().delete(...args),
    query: (...args) => now().query(...args),
    queryDue: (...args) => now().queryDue(...args),
  };
}

it('after a crash at any point, the next run removes everything', async () => {
  for (let n = 0; ; n += 1) {
    const harness = await createForgettingHarness();
    await stored(harness);
    await deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocUuid: 'd' })(harness);
    const isKilled = await harness.forgetUntil(n).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Crash) return true;
        throw error;
      },
    );
    await harness.forget(BOTH);
    await expectForgotten(harness);
    if (!isKilled) return;
  }
});
