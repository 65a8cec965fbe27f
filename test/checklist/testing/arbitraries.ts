import fc from 'fast-check';
import type { Entry } from '../../../shared/checklist/entry.ts';
import { second } from '../../store/testing/observations.ts';

const when = (max = 200) => fc.nat(max).map(second);

/** Any entry that the checklist can hold, or none. Times are seconds of the tests' day. */
export function anyEntry(versions = { min: 1, max: 2 }): fc.Arbitrary<Entry | undefined> {
  const common = { version: fc.integer(versions), since: when(100), attempts: fc.nat(25) };
  const open = {
    ...common,
    nextAt: when(400),
    openedAt: fc.option(when(), { nil: undefined }),
    code: fc.constantFrom('1404', 'http-403', 'not-served', undefined),
    refusals: fc.option(fc.nat(25), { nil: undefined }),
    refusedSince: fc.option(when(100), { nil: undefined }),
  };
  const closed = { ...common, at: when(), covers: fc.option(when(), { nil: undefined }) };
  return fc.oneof(
    fc.constant(undefined),
    fc.record({ ...open, state: fc.constantFrom('wanted', 'pending') }),
    fc.record({
      ...common,
      state: fc.constant('probe' as const),
      refusals: fc.option(fc.nat(2), { nil: undefined }),
      nextAt: when(400),
    }),
    fc.record({ ...closed, state: fc.constant('stored' as const) }),
    fc.record({ ...closed, state: fc.constant('unavailable' as const), code: fc.constant('9006') }),
    fc.record({ ...common, state: fc.constant('unavailable' as const), code: fc.constant('not-served') }),
    fc.record({ ...common, state: fc.constant('expired' as const), code: fc.constant('http-403') }),
  );
}
