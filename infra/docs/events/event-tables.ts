import { code, codes, lines, table } from '../markdown.ts';
import type { EventFacts, Opened } from './event-facts.ts';
import type { KindFacts } from './kind-facts.ts';
import { single } from './subjects.ts';
import { OF, recoveryText } from './words.ts';

/** Events that open entries of the checklist. @param kinds say what happens when such an event is lost. */
export function resultEventTable(events: readonly EventFacts[], kinds: readonly KindFacts[]): string {
  return table(
    ['event', 'channel', 'entries that it opens', 'Ocrolus is asked for', 'stored', 'ends', 'if it is lost'],
    events.map((event) => [
      nameCell(event),
      code(event.entry.channel),
      opensCell(event),
      lines([statusText(event), codes(operations(event))].filter((text) => text !== '')),
      lines([...event.statuses, ...event.results].map(code)),
      endsCell(event),
      lostCell(event, kinds),
    ]),
  );
}

/** Events that change a status and announce no result. */
export function statusEventTable(events: readonly EventFacts[]): string {
  return table(
    ['event', 'channel', 'about', 'Ocrolus is asked for', 'stored', 'ends'],
    events.map((event) => [
      nameCell(event),
      code(event.entry.channel),
      event.entry.subject.replace('-', ' '),
      statusText(event),
      codes(event.statuses),
      endsCell(event),
    ]),
  );
}

/** Events that only the ledger records. */
export function recordedEventTable(events: readonly EventFacts[]): string {
  return table(
    ['event', 'channel', 'about', 'ends'],
    events.map((event) => [nameCell(event), code(event.entry.channel), event.entry.subject, endsCell(event)]),
  );
}

function nameCell({ name, entry }: EventFacts): string {
  return lines([code(name), entry.meaning]);
}

function endsCell({ entry }: EventFacts): string {
  return entry.ends === 'nothing' ? '' : entry.ends.replaceAll('-', ' ');
}

function opensCell({ opens, opensWithoutId, reopens }: EventFacts): string {
  const others = opensWithoutId.filter(
    ({ kind, of }) => !opens.some((one) => one.kind === kind && one.of === of),
  );
  const other = others.length === 0 ? [] : [`without its id: ${opensText(others)}`];
  return lines([...grouped(opens).map(opensText), ...other, ...(reopens ? [] : ['if not stored already'])]);
}

/** Entries of one subject together. */
function grouped(opens: readonly Opened[]): Opened[][] {
  return [...Map.groupBy(opens, ({ of }) => of).values()];
}

function opensText(opens: readonly Opened[]): string {
  const [first] = opens;
  return first === undefined ? '' : `${codes(opens.map(({ kind }) => kind))} of ${OF[first.of]}`;
}

/** With the default policies, and with the kinds if the text differs between them. */
function lostCell({ opens }: EventFacts, kinds: readonly KindFacts[]): string {
  const texts = Map.groupBy(opens, ({ kind, of }) => {
    const facts = kinds.find((one) => one.kind === kind && one.of === single(of));
    return facts === undefined ? '' : recoveryText(facts.recovery[facts.defaultPolicy], facts.defaultPolicy);
  });
  if (texts.size === 1) return [...texts.keys()].join('');
  return lines([...texts].map(([text, opened]) => `${codes(opened.map(({ kind }) => kind))}: ${text}`));
}

function operations({ asked }: EventFacts): Set<string> {
  return new Set(asked.map(({ operation }) => operation));
}

function statusText({ asksStatus }: EventFacts): string {
  if (asksStatus === 'never') return '';
  return asksStatus === 'always' ? '`book-status`' : '(`book-status`)';
}
