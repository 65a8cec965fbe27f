import { calls } from '../../../shared/ocrolus/calls.ts';
import { readBook } from '../../../shared/store/books.ts';
import {
  bookStatus,
  finished,
  type ScriptedDocument,
  saysCaptured,
  signals,
} from '../../consumers/testing/answers.ts';
import { saysAnalytics, saysNoProbes } from '../../consumers/testing/complete-book.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { createPollerHarness, type PollerHarness } from './harness.ts';

/** The documents of the book `b` once it is verified. */
export const FINISHED = [finished('d')];

/** Ocrolus has every result of the book `b` by default; a test says what Book status shows. */
export async function createResultsHarness(): Promise<PollerHarness> {
  const harness = createPollerHarness(await memoryTable());
  saysAnalytics(harness.ocrolus);
  saysNoProbes(harness.ocrolus);
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
  saysCaptured(harness.ocrolus, 'b', 'd');
  return harness;
}

/** What tests do while the poller and the consumers run. @param current gives the harness of the test that is running. */
export function polledResults(current: () => PollerHarness) {
  return {
    says(status: string, docs: readonly ScriptedDocument[] = [], more = {}) {
      const answer = bookStatus('b', status, docs, { pk: 77, ...more });
      current().ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), answer);
      current().ocrolus.says(calls.bookStatus({ bookPk: '77' }), answer);
    },

    book: () => readBook(current().table, 'b'),

    /** Runs the poller on its schedule, and the consumers after it. @returns the names of what was sent. */
    async polledFor(hours: number, everyMinutes = 5) {
      const harness = current();
      const names: string[] = [];
      for (let run = 0; run < (hours * 60) / everyMinutes; run += 1) {
        await harness.run();
        names.push(...(await harness.process()));
        harness.clock.advance(everyMinutes * 60);
      }
      return names;
    },

    kinds: async () => [...new Set((await current().reader.results('b')).map(({ kind }) => kind))].sort(),
  };
}
