import { KINDS_OF_TASKS } from '../../../functions/consumers/reconcile/event.ts';
import { NOT_SERVED } from '../../../shared/checklist/circuit-state.ts';
import { CLASSIFY_ONLY } from '../../../shared/checklist/kinds.ts';
import { NOT_ANALYZED } from '../../../shared/checklist/transitions.ts';
import { bullets, code, codes, enumeration, page, paragraph, table } from '../markdown.ts';
import { DEFAULT_TIMES } from './default-times.ts';
import { type EventFacts, eventFacts } from './event-facts.ts';
import { recordedEventTable, resultEventTable, statusEventTable } from './event-tables.ts';
import { type KindFacts, kindFacts } from './kind-facts.ts';
import { kindTable, recoveryTable } from './kind-tables.ts';
import { duration } from './words.ts';

/** `docs/events.md` */
export async function eventsPage(): Promise<string> {
  const events = await eventFacts();
  const kinds = await kindFacts(events);
  const results = events.filter(({ opens }) => opens.length > 0);
  const recorded = events.filter(({ isOnlyRecorded }) => isOnlyRecorded);
  const statuses = events.filter((event) => !results.includes(event) && !recorded.includes(event));
  return page(
    '# Events and results',
    paragraph(
      `What happens for each of the ${events.length} events that Ocrolus sends and each of the`,
      `${new Set(kinds.map(({ kind }) => kind)).size} kinds of results: what Ocrolus is asked for, what is stored, and what`,
      'is found when a webhook is lost. [data-model.md](data-model.md) describes the stored items.',
    ),
    paragraph(
      'Every delivery is stored in the ledger, as `EVENT#<receivedAt>#<deliveryId>`. An event name that is not listed here',
      'goes to the channel `unrecognized` and is stored in the ledger only.',
    ),
    ...resultEvents(results, kinds),
    ...statusEvents(statuses),
    ...recordedEvents(recorded),
    ...kindsOfResults(kinds),
    ...policies(kinds),
  );
}

function resultEvents(events: readonly EventFacts[], kinds: readonly KindFacts[]): string[] {
  return [
    `## Events that announce results (${events.length})`,
    bullets(
      "An event opens entries of the book's checklist. Kinds whose policy is `never` are left out.",
      '`book-status` in parentheses is asked for only while the book, or the document that the event names, is not stored ' +
        'yet.',
      '"if not stored already": the event does not fetch again what is stored in the book\'s current generation. Every ' +
        'other event does.',
      'Forms and transactions are fetched only of documents that have results. A rejected document has none.',
      'The last column is for the default policies; [below](#policies-and-what-is-found-when-webhooks-are-lost) are the ' +
        'others. It is about results that are not stored yet: a result that Ocrolus computes again, without a change of ' +
        'the status of the book or a document, is fetched again only when its event arrives.',
    ),
    resultEventTable(events, kinds),
    paragraph(
      '`book.completed` stands for the results that its `tasks` name; without `tasks` it stands for',
      `${codes(KINDS_OF_TASKS.CAPTURE ?? [])}.`,
    ),
    table(
      ['task', 'kinds'],
      Object.entries(KINDS_OF_TASKS).map(([task, named]) => [code(task), codes(named)]),
    ),
  ];
}

function statusEvents(events: readonly EventFacts[]): string[] {
  return [
    `## Events that change a status (${events.length})`,
    paragraph(
      'They announce no result. The poller finds a status whose event was lost. Results that the new status makes available',
      'are fetched by the events that announce them, or by the poller.',
    ),
    statusEventTable(events),
  ];
}

function recordedEvents(events: readonly EventFacts[]): string[] {
  return [
    `## Events that are only recorded (${events.length})`,
    paragraph(
      'Ocrolus is not asked about them: they change nothing in a book, or the book may belong to another organization.',
    ),
    recordedEventTable(events),
  ];
}

function kindsOfResults(kinds: readonly KindFacts[]): string[] {
  return [
    '## Kinds of results',
    paragraph(
      'Calls marked **heavy** count against `ocrolus.heavyRequestsPerSecond`. A permanent code is an answer about the data: it',
      'ends the entry as `unavailable`. So do',
    ),
    bullets(
      `${code(NOT_SERVED)}: Ocrolus has refused the kind for ${duration(DEFAULT_TIMES.notServed)} to every book of the ` +
        'account that was asked about. Any other answer opens the entry again ' +
        '([decision 0016](decisions/0016-circuit.md)).',
      `${code(NOT_ANALYZED)}: Detect has not listed the document for ${duration(DEFAULT_TIMES.detect)}.`,
    ),
    paragraph(
      'An entry that Ocrolus refuses without a permanent code ends as `expired`, after a month or more:',
      '[what happens then](data-model.md#what-is-not-available-yet).',
    ),
    kindTable(kinds),
  ];
}

function policies(kinds: readonly KindFacts[]): string[] {
  return [
    '## Policies, and what is found when webhooks are lost',
    'The setting `results` gives each kind a policy. The default is **bold**.',
    table(
      ['policy', 'when its event arrives', 'when no event arrives'],
      [
        ['`always`', 'fetched', 'fetched for every book and document that it can apply to'],
        ['`announced`', 'fetched', 'probed, if a call can find it without an event'],
        ['`never`', 'not fetched', 'not fetched'],
      ],
    ),
    recoveryTable(kinds),
    bullets(
      '**found by the poller**: asked for once the poller has seen that the book is verified, or that the document is ' +
        `finished, and ${duration(DEFAULT_TIMES.grace)} (\`poll.graceSeconds\`) have passed in which a webhook may still ` +
        'come. It is asked for until it is stored or Ocrolus gives a permanent answer.',
      '**probed**: asked for that many days after the book was verified. A probe ends when the result is stored, with a ' +
        `permanent code, or when Ocrolus has refused it ${probeCount(kinds)} times. "Not yet" is asked again after ` +
        `${duration(DEFAULT_TIMES.canary)}, doubling up to a day, until the last probe. A probe is not missing: it does ` +
        'not keep a book from being complete ([decision 0018](decisions/0018-a-probe-is-never-open.md)).',
      '**not found**: fetched only when its event arrives. No call lists the requests or the businesses of a book.',
      'Signals are found with one call for the whole book, and stored as those of the book.',
      'If no document of the book has results, only its classification is asked for without an event.',
    ),
    classifyOnly(kinds),
  ];
}

function probeCount(kinds: readonly KindFacts[]): number {
  const counts = kinds.map(({ recovery: { announced } }) =>
    announced.by === 'probes' ? announced.afterMs.length : 0,
  );
  return Math.max(...counts);
}

function classifyOnly(kinds: readonly KindFacts[]): string {
  const always = kinds.filter(({ classifyOnlyPolicy }) => classifyOnlyPolicy === 'always');
  return paragraph(
    `By default, a book of the class ${code(CLASSIFY_ONLY)} has`,
    enumeration(always.map(({ kind }) => code(kind))),
    'by the policy `always`, as soon as every document is classified, and nothing else: its other kinds are fetched only when',
    'an event names them. `never` remains `never`.',
  );
}
