import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { openEntry } from '../../shared/checklist/opening.ts';
import { afterAnswer } from '../../shared/checklist/transitions.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import { anyEntry } from './testing/arbitraries.ts';
import { answered, time } from './testing/checklists.ts';

const CLASSES = ['stored', 'not-yet', 'refused', 'permanent', 'suppressed'] as const;

/** An answer; what it covers was received before it was asked. */
const anyAnswer = fc
  .record({
    kind: fc.constantFrom(...CLASSES),
    askedAt: fc.nat(200),
    before: fc.option(fc.nat(30), { nil: undefined }),
    took: fc.nat(25),
  })
  .map(({ kind, askedAt, before, took }) => ({
    kind,
    askedAt,
    covers: before === undefined ? undefined : askedAt - before,
    now: askedAt + took,
  }));

type AnyAnswer = typeof anyAnswer extends fc.Arbitrary<infer T> ? T : never;

const apply = (entry: Entry | undefined, { kind, askedAt, covers, now }: AnyAnswer, version = 1) =>
  afterAnswer(
    entry,
    version,
    { ...answered(kind, askedAt, covers), hasReplaced: true },
    { now: time(now), times: TIMES },
  );

const isOpen = ({ state }: Entry) => state === 'wanted' || state === 'pending';

it('an entry has a next time exactly as long as it is asked for', () => {
  fc.assert(
    fc.property(anyEntry(), anyAnswer, (entry, answer) => {
      const after = apply(entry, answer);
      if (after === entry) return;
      expect(after.nextAt !== undefined).toBe(isOpen(after) || after.state === 'probe');
    }),
    { numRuns: 3000 },
  );
});

it('a generation never goes back', () => {
  fc.assert(
    fc.property(
      anyEntry({ min: 1, max: 4 }),
      anyAnswer,
      fc.integer({ min: 1, max: 4 }),
      (entry, answer, version) => {
        const after = apply(entry, answer, version);
        expect(after.version).toBe(Math.max(version, entry?.version ?? 0));
      },
    ),
    { numRuns: 3000 },
  );
});

it('what closes an entry does the same a second time', () => {
  fc.assert(
    fc.property(anyEntry(), anyAnswer, (entry, answer) => {
      if (answer.kind !== 'stored' && answer.kind !== 'permanent') return;
      const once = apply(entry, answer);
      expect(apply(once, answer)).toEqual(once);
    }),
    { numRuns: 3000 },
  );
});

/** What happens to an entry: events that open it, and answers, whose order has nothing to do with when they were asked. */
const anyHistory = fc.array(
  fc.oneof(
    anyAnswer.map((answer) => ({ answer, receivedAt: undefined })),
    fc.nat(200).map((receivedAt) => ({ answer: undefined, receivedAt })),
  ),
  { minLength: 1, maxLength: 8 },
);

it('no event is lost: closing takes an answer that was asked for it, or clearly later', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      let entry: Entry | undefined;
      const announced: number[] = [];
      const closing: { askedAt: number; covers: number }[] = [];
      for (const { answer, receivedAt } of history) {
        if (receivedAt !== undefined) {
          announced.push(receivedAt);
          entry = openEntry(
            entry,
            { version: 1, receivedAt: second(receivedAt), reopens: true },
            time(receivedAt),
          );
          continue;
        }
        entry = apply(entry, answer);
        const { kind, askedAt, covers = Number.NEGATIVE_INFINITY } = answer;
        if (kind === 'stored' || kind === 'permanent') closing.push({ askedAt, covers });
        // It was asked for an event, without success.
        else if (answer.covers !== undefined) announced.push(covers);
      }
      if (entry === undefined || isOpen(entry) || entry.state === 'expired') return;
      for (const receivedAt of announced) {
        const isAnswered = closing.some(
          ({ askedAt, covers }) => covers === receivedAt || askedAt > receivedAt + 5,
        );
        expect(isAnswered, `the event of second ${receivedAt}`).toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});

it('what is stored never becomes older, but for the seconds by which clocks may differ', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      let entry: Entry | undefined;
      let newest = Number.NEGATIVE_INFINITY;
      for (const { answer, receivedAt } of history) {
        if (receivedAt !== undefined) {
          entry = openEntry(
            entry,
            { version: 1, receivedAt: second(receivedAt), reopens: true },
            time(receivedAt),
          );
          continue;
        }
        entry = apply(entry, answer);
        if (entry.state !== 'stored') continue;
        if (answer.kind === 'stored') newest = Math.max(newest, answer.askedAt);
        expect(Date.parse(entry.at ?? '')).toBeGreaterThanOrEqual(time(newest) - 5000);
      }
    }),
    { numRuns: 5000 },
  );
});

it('the order in which answers come does not decide whether something is missing, where one was asked clearly last', () => {
  const answers = fc.uniqueArray(anyAnswer, {
    minLength: 1,
    maxLength: 5,
    selector: ({ askedAt }) => askedAt,
  });
  fc.assert(
    fc.property(
      answers.chain((some) =>
        fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
      ),
      ([some, shuffled]) => {
        const last = Math.max(...some.map(({ askedAt }) => askedAt)) + 50;
        const final = { kind: 'stored', askedAt: last, covers: last - 1, now: last + 1 } as const;
        let entry: Entry | undefined;
        for (const answer of [final, ...shuffled]) entry = apply(entry, answer);
        expect(entry).toMatchObject({ state: 'stored', at: second(last) });
      },
    ),
    { numRuns: 2000 },
  );
});
