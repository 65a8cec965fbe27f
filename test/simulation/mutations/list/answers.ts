import type { Mutation } from '../mutation.ts';

const ENTRY = 'shared/checklist/entry.ts';
const ANSWER = 'shared/checklist/answer.ts';

export const ANSWERS: readonly Mutation[] = [
  {
    file: ENTRY,
    search: 'wanted: Math.max(Math.floor(now), entry.wanted + 1) };',
    replace: 'wanted: Math.floor(now) };',
    why: 'two marks within a millisecond are one, and the answer to the first closes the second',
  },
  {
    file: ENTRY,
    search: 'if (isOpen && tried < entry.wanted) return { ...rest, wanted };',
    replace: '',
    why: 'an observation postpones what an event has announced',
  },
  {
    file: ENTRY,
    search: 'const isWaiting = isOpen && tries === 0 &&',
    replace: 'const isWaiting = false && tries === 0 &&',
    why: 'each corrected document postpones what is computed from it',
  },
  {
    file: ENTRY,
    search: 'const isWaiting = isOpen && tries === 0 && nextAt > iso((now + at) / 2);',
    replace: 'const isWaiting = isOpen && tries === 0;',
    why: 'a look asks before an event had time to announce the result',
  },
  {
    file: ANSWER,
    search: "one.wanted > kept.wanted || (one.wanted === kept.wanted && one.at > (kept.at ?? ''))",
    replace: "one.at > (kept.at ?? '')",
    why: 'of two answers the one with the later clock counts, not the one for the later mark',
  },
  {
    file: ANSWER,
    search: 'if (!isLater(answer, { wanted: entry.answered, at: entry.at })) return { ...others, ...later };',
    replace: '',
    why: 'an answer for an earlier mark takes back a later one',
  },
  {
    file: ANSWER,
    search: 'answered: answer.wanted,',
    replace: 'answered: entry.wanted,',
    why: 'an answer closes what was marked while it was on its way',
  },
  {
    file: ANSWER,
    search: 'const isProbe = entry.nextAt !== undefined && entry.answered >= entry.wanted;',
    replace: 'const isProbe = entry.nextAt !== undefined;',
    why: 'a probe that brings nothing postpones what was marked since by days',
  },
  {
    file: ANSWER,
    search: 'job.failures > times.jobRestarts.length && answer',
    replace: 'job.failures > 0 && answer',
    why: 'one failed job ends a result',
  },
  {
    file: ANSWER,
    search: 'const { since = iso(now), tries = 0 } = answer.wanted === entry.tried ? entry : NO_ENTRY;',
    replace: 'const { since = iso(now), tries = 0 } = entry;',
    why: 'what is marked again inherits the long pauses of the mark before',
  },
  {
    file: ANSWER,
    search: 'if (age > times.horizon) return times.month;',
    replace: 'if (age > times.horizon) return undefined;',
    why: 'what was refused for the horizon is never asked for again',
  },
  {
    file: ANSWER,
    search: 'Math.max(age, times.min)',
    replace: 'times.min',
    why: 'a refused result is asked for every five minutes',
  },
  {
    file: ANSWER,
    search: "const isShort = answer.class === 'failed' || job?.id !== undefined;",
    replace: 'const isShort = job?.id !== undefined;',
    why: 'what an outage has held up comes hours after its end',
  },
  {
    file: ANSWER,
    search: "const isShort = answer.class === 'failed' || job?.id !== undefined;",
    replace: "const isShort = answer.class === 'failed';",
    why: 'a job is asked for so rarely that its result is deleted before',
  },
  {
    file: ANSWER,
    search: "      return before;\n    case 'refused':",
    replace: "      return undefined;\n    case 'refused':",
    why: 'a failure of the network forgets the job that is at work',
  },
  {
    file: ANSWER,
    search: 'if (before !== undefined && before.id !== id) return before;',
    replace: '',
    why: 'the failure of a job forgets the one that was started since',
  },
  {
    file: ANSWER,
    search: 'if (job?.id === undefined) return { ...rest, nextAt: nextProbe(timing) };',
    replace: 'if (job?.id === undefined) return { ...rest, nextAt: undefined };',
    why: 'one refusal ends all probes',
  },
  {
    file: ANSWER,
    search: 'return { ...rest, job, nextAt: iso(timing.now + timing.times.hour) };',
    replace: 'return { ...rest, nextAt: iso(timing.now + timing.times.hour) };',
    why: 'a probe forgets the job that it has started',
  },
  {
    file: ANSWER,
    search: '.find((at) => at > now);',
    replace: '.find((at) => at > 0);',
    why: 'a probe is repeated without end',
  },
  {
    file: ANSWER,
    search: 'const isProbed = answer.isPartial === true && closed.answered >= closed.wanted;',
    replace: 'const isProbed = false;',
    why: 'signals that lack a document are not asked for when Detect is done with it',
  },
  {
    file: ANSWER,
    search: 'const isOlder = tried > answer.wanted && job?.wanted !== answer.wanted;',
    replace: 'const isOlder = false;',
    why: 'an answer for an earlier mark makes a later one due before its event had time to come',
  },
  {
    file: ANSWER,
    search: 'const later = job !== undefined && job.wanted > answer.wanted && { job };',
    replace: 'const later = job !== undefined && { job };',
    why: 'a job whose result is stored is asked for again',
  },
];
