import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isNotServed } from '../../shared/checklist/circuit-state.ts';
import { type Entries, type Entry, entryName, isMissing, isOpen } from '../../shared/checklist/entry.ts';
import { RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import { isDone } from '../../shared/checklist/observation.ts';
import { type Plan, plan } from '../../shared/checklist/plan.ts';
import type { PlanInput } from '../../shared/checklist/plan-input.ts';
import { afterAnswer } from '../../shared/checklist/transitions.ts';
import type { ResultKind } from '../../shared/events/catalog.ts';
import { TIMES } from '../store/testing/observations.ts';
import { anyInput, RUNS } from './testing/any-plan.ts';
import { answered, time } from './testing/checklists.ts';

const check = (predicate: (input: PlanInput, planned: Plan) => void) =>
  fc.assert(
    fc.property(anyInput, (input) => predicate(input, plan(input))),
    RUNS,
  );

it('planning twice gives the same plan', () => {
  check((input, planned) => {
    expect(plan(input)).toEqual(planned);
    expect(plan({ ...input, book: { ...input.book, entries: planned.entries } })).toEqual(planned);
  });
});

it('nothing is asked for twice', () => {
  check((_input, { asks, changed }) => {
    const names = asks.map(({ kind, subject }) => `${kind} ${subject}`);
    expect(names).toEqual([...new Set(names)]);
    expect(changed).toEqual([...new Set(changed)]);
  });
});

it('nothing is asked for while the last round may still be on its way, unless an operator asks', () => {
  check(({ book, now, isUrgent }, { asks }) => {
    if (!isUrgent && book.round !== undefined && Date.parse(book.round.nextAt) > now)
      expect(asks).toEqual([]);
  });
});

it('nothing is requested under an open circuit, nor with the policy `never`', () => {
  check(({ circuit, policy }, { asks, open }) => {
    for (const { kind } of asks) expect(circuit(kind).state, kind).not.toBe('open');
    for (const kind of [...asks.map((want) => want.kind), ...open])
      expect(policy[kind], kind).not.toBe('never');
  });
});

it('what is not served is neither missing nor asked for, but for the call of the hour', () => {
  check(({ circuit, now, times, book }, { asks, open, entries }) => {
    for (const kind of RESULT_KINDS) {
      if (!isNotServed(circuit(kind), { now, times })) continue;
      const isExpired = Object.entries(entries).some(
        ([name, entry]) =>
          name.split('#')[0] === kind && entry.state === 'expired' && entry.version === book.generation,
      );
      const isExpiredOfDocument = ['forms', 'transactions', 'signals'].includes(kind);
      if (!isExpired && !isExpiredOfDocument) expect(open).not.toContain(kind);
      if (circuit(kind).state === 'open') expect(asks.map((want) => want.kind)).not.toContain(kind);
    }
  });
});

it('only what is open, or a probe, is asked for; what is not served, as the call of the hour', () => {
  check(({ book, circuit, isUrgent }, { asks, canaries, open, entries }) => {
    for (const want of asks) {
      if (open.includes(want.kind)) continue;
      const entry = entries[entryName(want, book.bookId)];
      expect(entry?.version).toBe(book.generation);
      expect([entry?.state, isUrgent || entry?.nextAt !== undefined]).toEqual(['probe', true]);
    }
    for (const want of canaries) {
      expect(circuit(want.kind).state).toBe('canary');
      const isOfDocument =
        ['forms', 'transactions', 'signals'].includes(want.kind) && want.subject !== book.bookId;
      if (!isOfDocument) expect(entries[entryName(want, book.bookId)]?.code).toBe('not-served');
    }
  });
});

it('no entry is lost, and none goes back to an earlier generation', () => {
  check(({ book }, { entries }) => {
    for (const [name, { version }] of Object.entries(book.entries)) {
      expect(entries[name]?.version).toBeGreaterThanOrEqual(version);
    }
  });
});

it('whatever of the book is open is listed as open, and is asked for at some time', () => {
  check(({ book, policy }, { open, nextAt, entries }) => {
    if (book.status === 'DELETED') return;
    for (const [name, entry] of Object.entries(entries)) {
      const kind = name.split('#')[0] as ResultKind;
      if (entry.version !== book.generation || policy[kind] === 'never') continue;
      if (isMissing(entry)) expect(open).toContain(kind);
      if (isOpen(entry)) expect(nextAt).toBeDefined();
    }
  });
});

it('documents are settled exactly when nothing of them is missing, and every status is stored', () => {
  check(({ book, documents }, { isSettled, open, changed }) => {
    if (documents === undefined) expect([isSettled, changed]).toEqual([true, []]);
    else if (!isSettled) {
      // A finished book may show a document that is not.
      const isUnfinished = documents.observation.documents.some((one) => !isDone(one, book.bookClass));
      expect(changed.length > 0 || open.length > 0 || isUnfinished).toBe(true);
    } else
      expect([changed, open.filter((kind) => ['forms', 'transactions'].includes(kind))]).toEqual([[], []]);
  });
});

it('what is requested is due no later than now, so that its book is not postponed', () => {
  check(({ now, isUrgent }, { asks, nextAt }) => {
    if (asks.length > 0 && !isUrgent) expect(nextAt).toBeLessThanOrEqual(now);
  });
});

it('once Ocrolus has everything, a few rounds of asking make any checklist complete', () => {
  fc.assert(
    fc.property(anyInput, (given) => {
      if (given.documents === undefined || given.book.status === 'DELETED') return;
      // Ocrolus finishes the active documents of a finished book.
      const finished = given.documents.observation.documents.map((one) =>
        isDone(one, given.book.bookClass) ? one : { ...one, status: 'REJECTED' },
      );
      const seen = { ...given.documents.observation, documents: finished };
      let now = given.now;
      let entries = given.book.entries;
      const stored = new Map(
        seen.documents.map((one) => {
          const known = given.documents?.stored.get(one.docUuid);
          return [
            one.docUuid,
            { status: one.status, version: known?.version ?? 1, entries: known?.entries ?? {} },
          ];
        }),
      );
      const input = (): PlanInput => ({
        ...given,
        book: { ...given.book, round: undefined, entries },
        documents: { observation: seen, stored },
        circuit: () => ({ state: 'closed' }),
        now,
        isUrgent: false,
      });
      let planned = plan(input());
      for (let round = 0; round < 20 && planned.nextAt !== undefined; round += 1) {
        now = Math.max(now, planned.nextAt) + 60_000;
        planned = plan(input());
        entries = planned.entries;
        const asked = (now - time(0)) / 1000;
        const answer = answered('stored', asked);
        const close = (entry: Entry | undefined, version: number) =>
          afterAnswer(entry, version, answer, { now, times: TIMES });
        for (const { kind, subject } of planned.asks) {
          const known = stored.get(subject);
          if (known !== undefined) {
            const after = close(known.entries[kind], known.version);
            stored.set(subject, { ...known, entries: { ...known.entries, [kind]: after } });
            continue;
          }
          const name = entryName({ kind, subject }, 'b');
          entries = { ...entries, [name]: close(entries[name], 2) };
          if (kind !== 'signals') continue;
          for (const [uuid, one] of stored) {
            stored.set(uuid, {
              ...one,
              entries: { ...one.entries, signals: close(one.entries.signals, one.version) },
            });
          }
        }
        planned = plan(input());
        entries = planned.entries;
      }
      const isExpired = (some: Entries, version: number) =>
        Object.values(some).some((entry) => entry.state === 'expired' && entry.version === version);
      const expired =
        isExpired(entries, 2) || [...stored.values()].some((one) => isExpired(one.entries, one.version));
      expect([planned.nextAt, planned.asks]).toEqual([undefined, []]);
      if (!expired) expect(planned).toMatchObject({ open: [], isSettled: true });
    }),
    { numRuns: 500 },
  );
});
