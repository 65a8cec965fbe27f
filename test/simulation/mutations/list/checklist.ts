import { type Mutation, mutationsOf } from '../mutation.ts';

export const CHECKLIST: readonly Mutation[] = [
  ...mutationsOf('shared/checklist/lines.ts', {
    'analytics of a book without any results are missing': [
      "return endedAt !== undefined && (hasResults === true || kind === 'classification');",
      'return endedAt !== undefined;',
    ],
    'a new document is asked for before its event had time to come': [
      'lineOf(want, { ...NO_ENTRY, tried: 1, tries: 0, nextAt }, 1, rules)',
      'lineOf(want, NO_ENTRY, 1, rules)',
    ],
    'a product that the contract lacks keeps every book incomplete': [
      'const isServed = !isNotServed(circuit, rules) || isExempt(circuit, entry, wanted);',
      'const isServed = true;',
    ],
    'what an event announces waits for an hour because other books lack it': [
      "return circuit.state !== 'closed' && !isExempt(circuit, entry, wanted);",
      "return circuit.state !== 'closed';",
    ],
    'analytics are not asked for again when a document is corrected': [
      'return KINDS[kind].derived === true;',
      'return KINDS[kind].derived === undefined;',
    ],
  }),
  ...mutationsOf('shared/checklist/circuit-state.ts', {
    'after an outage, or a new mark, what other books lack waits behind the circuit': [
      'const isRefused = tried >= wanted && tries > 0 && isAboutBook(code);',
      'const isRefused = tries > 0;',
    ],
    'a circuit stops nothing that is open': [
      'return isOnlyMissing(circuit) && answered < wanted && !isRefused;',
      'return isOnlyMissing(circuit) && answered < wanted;',
    ],
    'an outage of minutes makes a product count as not served': [
      'Date.parse(circuit.since) + times.notServed',
      'Date.parse(circuit.since)',
    ],
  }),
  ...mutationsOf('shared/checklist/observation.ts', {
    'a document that changes its status changes nothing about its book': [
      "[bookClass, status, ...lines].join('\\n')",
      "[bookClass, status, lines.length].join('\\n')",
    ],
    'a book that is only classified never ends': [
      "(bookClass === CLASSIFY_ONLY && status === 'CLASSIFIED')",
      'false',
    ],
    'a document that could not be read counts as removed': ['  if (isPartial === true) return [];\n', ''],
  }),
  ...mutationsOf('shared/checklist/next-look.ts', {
    'a book that is not complete is never looked at after the horizon': [
      'return age > times.horizon && book.complete === true ? undefined : times.month;',
      'return age > times.horizon ? undefined : times.month;',
    ],
    'a new book whose webhooks are lost is looked at after six hours': [
      'return Math.min(Math.max(age / 2, min), max);',
      'return max;',
    ],
    'a finished book is looked at every five minutes': [
      'if (next !== undefined) return Math.max(next - age, 0);',
      'if (next !== undefined) return times.min;',
    ],
    'an event about a complete book takes the place of a look': [
      'book.observedAt === undefined ? age : Math.max(0, Date.parse(book.observedAt) - changedAt)',
      'age',
    ],
  }),
  ...mutationsOf('shared/checklist/answer.ts', {
    'a result of hundreds of pages is never whole': [
      "if (answer.class === 'not-yet' && answer.goesOn === true) return times.min;",
      '',
    ],
  }),
];
