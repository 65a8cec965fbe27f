import { calls } from '../../../../../shared/ocrolus/calls.ts';
import type { Table } from '../../../../../shared/store/table.ts';
import { delivery } from '../../../../shared/events/testing/delivery.ts';
import { bookStatus } from '../../testing/answers.ts';
import { saysAnalytics } from '../../testing/complete-book.ts';
import { createHarness, type Harness, type Receiving, receive } from '../../testing/harness.ts';
import { entryOf } from '../../testing/stored.ts';

/** An active book `b` that has analytics. */
export function createAnalyticsHarness(table: Table): Harness {
  const harness = createHarness(table);
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  saysAnalytics(harness.ocrolus);
  return harness;
}

/** Steps of the tests of analytics. @param current returns the harness of the running test. */
export function analytics(current: () => Harness) {
  return {
    /** The event, once its quick tries are over. */
    deliver(receiving: Receiving = {}) {
      const receivedAt = current().clock.iso();
      const event = delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt });
      return receive(current(), [event], { attempts: 3, ...receiving });
    },
    kinds: async () => (await current().reader.results('b')).map(({ kind }) => kind),
    book: () => current().reader.book('b'),
    entry: (kind = 'summary') => entryOf(current().table, 'b', kind),
  };
}
