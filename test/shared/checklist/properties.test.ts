import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Answer, afterAnswer, isLater } from '../../../shared/checklist/answer.ts';
import { type Entry, type Job, mark, markFor, NO_ENTRY } from '../../../shared/checklist/entry.ts';
import { DEFAULT_RESULTS } from '../../../shared/checklist/kinds.ts';
import {
  isDue,
  isOpen,
  isUntried,
  type Line,
  linesOfBook,
  type Rules,
} from '../../../shared/checklist/lines.ts';
import { iso } from '../../../shared/time.ts';
import { second, TIMES } from '../store/testing/observations.ts';
import { DAY, time } from './testing/entries.ts';

/** Possible answers of Ocrolus. `working`: in a job. */
const REPLIES = [
  'stored',
  'partial',
  'permanent',
  'not-yet',
  'working',
  'refused',
  'failed',
  'job-failed',
] as const;

type Reply = (typeof REPLIES)[number];

/** A request, with what was read before it. */
interface Request {
  readonly wanted: number;
  readonly at: string;
  readonly job: Job | undefined;
}

/**
 * One result of a book through the years, whose capture ended at second 0: it is marked by events and observations, probed, and
 * asked for by any number of functions, whose answers are written late and in any order.
 */
class Life {
  entry: Entry = NO_ENTRY;
  now = time(0);
  readonly #requests: Request[] = [];
  #jobs = 0;

  get line(): Line {
    return lineOf(this.entry, this.now);
  }

  mark() {
    this.entry = mark(this.entry, this.now);
  }

  observe() {
    this.entry = markFor(this.entry, this.now, this.now + TIMES.grace);
  }

  probe() {
    if (!isOpen(this.line)) this.entry = { ...this.entry, nextAt: iso(this.now) };
  }

  wait(seconds: number) {
    this.now += seconds * 1000;
  }

  ask() {
    this.now += 1;
    this.#requests.push({ wanted: this.entry.wanted, at: iso(this.now), job: this.entry.job });
  }

  /** One of the requests that are under way is answered. */
  answer(reply: Reply, which = -1) {
    const [request] = this.#requests.splice(which % this.#requests.length, 1);
    if (request === undefined) return undefined;
    const given = this.#answerTo(request, reply);
    this.entry = afterAnswer(this.entry, given, { now: this.now, times: TIMES, endedAt: second(0) });
    return given;
  }

  #answerTo({ job, ...asked }: Request, reply: Reply): Answer {
    switch (reply) {
      case 'stored':
        // A job's result answers the request that has started it.
        return { class: reply, ...(job?.id === undefined ? asked : { wanted: job.wanted, at: job.at }) };
      case 'partial':
        return { class: 'stored', isPartial: true, ...asked };
      case 'working': {
        this.#jobs += 1;
        const running = job?.id === undefined ? { id: String(this.#jobs), ...asked } : job;
        return { class: 'not-yet', code: reply, ...asked, job: running };
      }
      case 'job-failed':
        return job === undefined
          ? { class: 'refused', code: reply, ...asked }
          : { class: reply, code: reply, ...asked, job };
      default:
        return { class: reply, code: reply, ...asked };
    }
  }
}

/** The line of a result that nothing but a mark makes wanted. */
function lineOf(entry: Entry, now: number): Line {
  const rules: Rules = { policy: DEFAULT_RESULTS, circuit: () => ({ state: 'closed' }), now, times: TIMES };
  const lines = linesOfBook({ bookId: 'b', entries: { income: entry } }, rules);
  const line = lines.find(({ want }) => want.kind === 'income');
  if (line === undefined) throw new Error('no line');
  return line;
}

type Step = (life: Life) => Answer | undefined;

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...REPLIES), fc.nat(3)).map(
      ([reply, which]): Step =>
        (life) =>
          life.answer(reply, which),
    ),
  },
  { weight: 3, arbitrary: fc.constantFrom<Step>((life) => void life.ask()) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0.1, 600, 7 * 3600, 2 * DAY, 40 * DAY).map(
      (seconds): Step =>
        (life) =>
          void life.wait(seconds),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>(
      (life) => void life.mark(),
      (life) => void life.observe(),
      (life) => void life.probe(),
    ),
  },
);

const anySteps = fc.array(anyStep, { maxLength: 40 });

/** Whatever happens, a check holds after each step. */
function always(check: (life: Life, before: Entry, given: Answer | undefined) => void) {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const life = new Life();
      for (const step of steps) {
        const before = life.entry;
        check(life, before, step(life));
      }
    }),
    { numRuns: 1000 },
  );
}

it('marks and answers never decrease, and an answer replaces only an earlier one', () => {
  always(({ entry }, before) => {
    expect(entry.wanted).toBeGreaterThanOrEqual(before.wanted);
    expect(entry.answered).toBeGreaterThanOrEqual(before.answered);
    const pairOf = ({ answered, at = '' }: Entry) => ({ wanted: answered, at });
    expect(isLater(pairOf(before), pairOf(entry))).toBe(false);
  });
});

it('an answer counts for the mark that it was asked with, and no later one', () => {
  always(({ entry }, before, given) => {
    if (given === undefined) return;
    expect(entry.wanted).toBe(before.wanted);
    expect(entry.answered).toBeLessThanOrEqual(Math.max(before.answered, given.wanted));
  });
});

it('only a mark opens an entry: no probe does, and no answer', () => {
  always((life, before, given) => {
    if (isOpen(life.line) && life.entry.wanted === before.wanted)
      expect(isOpen(lineOf(before, life.now)), JSON.stringify(given)).toBe(true);
  });
});

it('an open entry is due, or has a time, or was asked for without success for a year', () => {
  always(({ line, now, entry: { nextAt, since = '' } }) => {
    if (!isOpen(line) || isUntried(line) || nextAt !== undefined) return;
    expect(now - Date.parse(since)).toBeGreaterThan(TIMES.year);
  });
});

it('a request that brings nothing is not repeated within minutes, whatever the answers are', () => {
  always(({ line, now, entry }, before, given) => {
    if (given === undefined || given.class === 'stored' || given.class === 'permanent') return;
    if (given.wanted < entry.wanted || entry === before) return;
    expect(isDue(line, now + TIMES.min - 1)).toBe(false);
  });
});

it('once Ocrolus has the result, a few requests close the entry, and leave nothing to follow', () => {
  fc.assert(
    fc.property(anySteps, (steps) => {
      const life = new Life();
      for (const step of steps) step(life);
      const isGivenUp = isOpen(life.line) && !isUntried(life.line) && life.entry.nextAt === undefined;
      fc.pre(!isGivenUp);
      for (let requests = 0; requests < 3; requests += 1) {
        life.wait(60 * DAY);
        if (!isDue(life.line, life.now)) break;
        life.ask();
        life.answer('stored');
      }
      expect([isOpen(life.line), life.entry.nextAt, life.entry.job]).toEqual([false, undefined, undefined]);
    }),
    { numRuns: 1000 },
  );
});

it.each(['not-yet', 'working', 'refused', 'failed'] as const)(
  'an entry is asked for for a year, ever more rarely, from any state: only %s',
  (reply) => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const life = new Life();
        for (const step of steps) step(life);
        life.mark();
        const since = life.now;
        const asked: number[] = [];
        while ((isUntried(life.line) || life.entry.nextAt !== undefined) && asked.length < 2000) {
          if (!isUntried(life.line)) life.now = Date.parse(life.entry.nextAt ?? '');
          asked.push(life.now - since);
          life.ask();
          life.answer(reply);
        }
        const usual = asked.filter((age) => age <= TIMES.horizon);
        expect(usual.length).toBeGreaterThan(TIMES.horizon / TIMES.max);
        expect(usual.length).toBeLessThan(TIMES.horizon / TIMES.hour + 20);
        expect(asked.length - usual.length).toBeLessThanOrEqual(TIMES.year / TIMES.month + 2);
        expect(asked.at(-1)).toBeGreaterThan(TIMES.year);
      }),
      { numRuns: 30 },
    );
  },
);
