import { type Mutation, mutationsOf } from '../mutation.ts';

export const ANSWERS: readonly Mutation[] = [
  ...mutationsOf('shared/checklist/entry.ts', {
    'two marks within a millisecond are one, and the answer to the first closes the second': [
      'wanted: Math.max(Math.floor(now), entry.wanted + 1) };',
      'wanted: Math.floor(now) };',
    ],
    'an observation postpones what an event has announced': [
      'if (isOpen && tried < entry.wanted) return { ...rest, wanted };',
      '',
    ],
    'each corrected document postpones what is computed from it': [
      'const isWaiting = isOpen && tries === 0 &&',
      'const isWaiting = false && tries === 0 &&',
    ],
    'a look asks before an event had time to announce the result': [
      'const isWaiting = isOpen && tries === 0 && nextAt > iso((now + at) / 2);',
      'const isWaiting = isOpen && tries === 0;',
    ],
  }),
  ...mutationsOf('shared/checklist/answer.ts', {
    'of two answers the one with the later clock counts, not the one for the later mark': [
      "one.wanted > kept.wanted || (one.wanted === kept.wanted && one.at > (kept.at ?? ''))",
      "one.at > (kept.at ?? '')",
    ],
    'an answer for an earlier mark takes back a later one': [
      'if (!isLater(answer, { wanted: entry.answered, at: entry.at })) return { ...others, ...later };',
      '',
    ],
    'an answer closes what was marked while it was on its way': [
      'answered: answer.wanted,',
      'answered: entry.wanted,',
    ],
    'a probe that brings nothing postpones what was marked since by days': [
      'const isProbe = entry.nextAt !== undefined && entry.answered >= entry.wanted;',
      'const isProbe = entry.nextAt !== undefined;',
    ],
    'one failed job ends a result': [
      'job.failures > times.jobRestarts.length && answer',
      'job.failures > 0 && answer',
    ],
    'what is marked again inherits the long pauses of the mark before': [
      'const { since = iso(now), tries = 0 } = answer.wanted === entry.tried ? entry : NO_ENTRY;',
      'const { since = iso(now), tries = 0 } = entry;',
    ],
    'what was refused for the horizon is never asked for again': [
      'if (age > times.horizon) return times.month;',
      'if (age > times.horizon) return undefined;',
    ],
    'a refused result is asked for every five minutes': ['Math.max(age, times.min)', 'times.min'],
    'what an outage has held up comes hours after its end': [
      "const isShort = answer.class === 'failed' || job?.id !== undefined;",
      'const isShort = job?.id !== undefined;',
    ],
    'a job is asked for so rarely that its result is deleted before': [
      "const isShort = answer.class === 'failed' || job?.id !== undefined;",
      "const isShort = answer.class === 'failed';",
    ],
    'a failure of the network forgets the job that is at work': [
      "      return before;\n    case 'refused':",
      "      return undefined;\n    case 'refused':",
    ],
    'the failure of a job forgets the one that was started since': [
      'if (before !== undefined && before.id !== id) return before;',
      '',
    ],
    'one refusal ends all probes': [
      'isRecent ? inAnHour : nextProbe(timing)',
      'isRecent ? inAnHour : undefined',
    ],
    'a probe forgets the job that it has started': [
      'return { ...rest, job, nextAt: inAnHour };',
      'return { ...rest, nextAt: inAnHour };',
    ],
    'a probe whose request failed waits for days': [
      "answer.class === 'failed' && isRecent ? inAnHour",
      'false ? inAnHour',
    ],
    'a probe whose request fails is repeated for ever': [
      'now >= end + wait && now < end + wait + times.day',
      'now >= end + wait',
    ],
    'a probe is repeated without end': ['.find((at) => at > now);', '.find((at) => at > 0);'],
    'signals that lack a document are not asked for when Detect is done with it': [
      'const isProbed = answer.isPartial === true && closed.answered >= closed.wanted;',
      'const isProbed = false;',
    ],
    'an answer for an earlier mark makes a later one due before its event had time to come': [
      'const isOlder = tried > answer.wanted && job?.wanted !== answer.wanted;',
      'const isOlder = false;',
    ],
    'a job whose result is stored is asked for again': [
      'const later = job !== undefined && job.wanted > answer.wanted && { job };',
      'const later = job !== undefined && { job };',
    ],
  }),
];
