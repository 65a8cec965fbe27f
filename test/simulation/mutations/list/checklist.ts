import type { Mutation } from '../mutation.ts';

const LINES = 'shared/checklist/lines.ts';
const OBSERVATION = 'shared/checklist/observation.ts';
const CIRCUIT_STATE = 'shared/checklist/circuit-state.ts';
const NEXT_LOOK = 'shared/checklist/next-look.ts';

export const CHECKLIST: readonly Mutation[] = [
  {
    file: LINES,
    search: "return endedAt !== undefined && (hasResults === true || kind === 'classification');",
    replace: 'return endedAt !== undefined;',
    why: 'analytics of a book without any results are missing',
  },
  {
    file: LINES,
    search: 'lineOf(want, { ...NO_ENTRY, tried: 1, tries: 0, nextAt }, 1, rules)',
    replace: 'lineOf(want, NO_ENTRY, 1, rules)',
    why: 'a new document is asked for before its event had time to come',
  },
  {
    file: LINES,
    search: 'const isServed = !isNotServed(circuit, rules) || isExempt(circuit, entry, wanted);',
    replace: 'const isServed = true;',
    why: 'a product that the contract lacks keeps every book incomplete',
  },
  {
    file: LINES,
    search: "return circuit.state !== 'closed' && !isExempt(circuit, entry, wanted);",
    replace: "return circuit.state !== 'closed';",
    why: 'what an event announces waits for an hour because other books lack it',
  },
  {
    file: 'shared/checklist/circuit-state.ts',
    search: 'const isRefused = tried >= wanted && tries > 0 && isAboutBook(code);',
    replace: 'const isRefused = tries > 0;',
    why: 'after an outage, or a new mark, what other books lack waits behind the circuit',
  },
  {
    file: 'shared/checklist/circuit-state.ts',
    search: 'return isOnlyMissing(circuit) && answered < wanted && !isRefused;',
    replace: 'return isOnlyMissing(circuit) && answered < wanted;',
    why: 'a circuit stops nothing that is open',
  },
  {
    file: LINES,
    search: 'return KINDS[kind].derived === true;',
    replace: 'return KINDS[kind].derived === undefined;',
    why: 'analytics are not asked for again when a document is corrected',
  },
  {
    file: OBSERVATION,
    search: "[bookClass, status, ...lines].join('\\n')",
    replace: "[bookClass, status, lines.length].join('\\n')",
    why: 'a document that changes its status changes nothing about its book',
  },
  {
    file: OBSERVATION,
    search: "(bookClass === CLASSIFY_ONLY && status === 'CLASSIFIED')",
    replace: 'false',
    why: 'a book that is only classified never ends',
  },
  {
    file: OBSERVATION,
    search: '  if (isPartial === true) return [];\n',
    replace: '',
    why: 'a document that could not be read counts as removed',
  },
  {
    file: CIRCUIT_STATE,
    search: 'Date.parse(circuit.since) + times.notServed',
    replace: 'Date.parse(circuit.since)',
    why: 'an outage of minutes makes a product count as not served',
  },
  {
    file: NEXT_LOOK,
    search: 'return age > times.horizon && book.complete === true ? undefined : times.month;',
    replace: 'return age > times.horizon ? undefined : times.month;',
    why: 'a book that is not complete is never looked at after the horizon',
  },
  {
    file: NEXT_LOOK,
    search: 'return Math.min(Math.max(age / 2, min), max);',
    replace: 'return max;',
    why: 'a new book whose webhooks are lost is looked at after six hours',
  },
  {
    file: NEXT_LOOK,
    search: 'if (next !== undefined) return Math.max(next - age, 0);',
    replace: 'if (next !== undefined) return times.min;',
    why: 'a finished book is looked at every five minutes',
  },
  {
    file: NEXT_LOOK,
    search: 'book.observedAt === undefined ? age : Math.max(0, Date.parse(book.observedAt) - changedAt)',
    replace: 'age',
    why: 'an event about a complete book takes the place of a look',
  },
  {
    file: 'shared/checklist/answer.ts',
    search: "if (answer.class === 'not-yet' && answer.goesOn === true) return times.min;",
    replace: '',
    why: 'a result of hundreds of pages is never whole',
  },
];
