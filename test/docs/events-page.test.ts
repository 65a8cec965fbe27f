import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RESULT_KINDS } from '../../shared/checklist/kinds.ts';
import { EVENT_NAMES } from '../../shared/events/catalog.ts';
import type { EventIds } from '../../shared/events/ids.ts';
import { readIds } from '../../shared/events/read-ids.ts';
import { resultItem } from '../../shared/store/keys.ts';
import { bookStatus, document, signals } from '../functions/consumers/testing/answers.ts';
import { createHarness, type Harness, receive } from '../functions/consumers/testing/harness.ts';
import { delivery } from '../shared/events/testing/delivery.ts';
import { memoryTable } from '../shared/store/testing/memory-table.ts';

const PAGE = readFileSync('docs/events.md', 'utf8');
const BOOK_STATUS = 'book-status';

/** With these policies, a kind of the book is asked for at once only if an event marks it. */
const ANNOUNCED = Object.fromEntries(RESULT_KINDS.map((kind) => [kind, 'announced'] as const));

/** The ids of an event, if its sample has them. The page writes `<book>` for `the-book`. */
const IDS: EventIds = {
  bookUuid: 'the-book',
  uploadedDocUuid: 'the-document',
  analyticsRequestId: 'the-request',
  businessUuid: 'the-business',
};
/** A document of the book that no event names. */
const OTHER = 'other-document';

test.each(EVENT_NAMES)('a consumer of %s asks for, and stores, what docs/events.md says', async (name) => {
  const body = JSON.parse(readFileSync(`test/fixtures/events/${name}.json`, 'utf8'));
  if (name === 'book.completed') body.tasks = ['CAPTURE', 'ANALYTICS', 'DETECT', 'INCOME'];
  const known = readIds(body);
  const own = Object.entries(IDS).filter(([id]) => Object.hasOwn(known, id));
  const ids: EventIds = { ...known, ...Object.fromEntries(own), docUuid: undefined };
  const harness = createHarness(await memoryTable(), { results: ANNOUNCED });
  answerEverything(harness, ids);
  const deliver = async () => {
    const payload = { encoding: 'utf8', body: JSON.stringify(body) } as const;
    await receive(harness, [delivery(name, ids, { receivedAt: harness.clock.iso(), payload })]);
    return harness.ocrolus.asked.splice(0);
  };
  const { asked, stored, isWholeBook } = rowOf(name);
  const ofAll = (text: string) => (isWholeBook ? text.replaceAll(OTHER, 'the-document') : text);

  const first = await deliver();
  expect(operations(first)).toEqual(new Set(asked));
  const requests = first.filter(({ operation }) => operation !== BOOK_STATUS);
  const written = requests.map(
    ({ operation, target }) => `\`${operation}\` \`GET ${asWritten(ofAll(target))}\``,
  );
  expect(written.filter((request) => !PAGE.includes(request))).toEqual([]);
  const results = await harness.reader.results('the-book');
  const items = results.map(({ kind, subject }) => asWritten(ofAll(resultItem(kind, subject))));
  expect(new Set(items)).toEqual(new Set(stored));

  // All of it is stored; Book status is asked for only if that is needed, and an image never again.
  harness.clock.advance(60);
  const again = (await deliver()).filter(({ operation }) => operation !== BOOK_STATUS);
  const changing = requests.filter(({ operation }) => operation !== 'signal-visualization');
  expect(operations(again)).toEqual(operations(isWholeBook ? [] : changing));
});

function operations(asked: readonly { readonly operation: string }[]): Set<string> {
  return new Set(asked.map(({ operation }) => operation));
}

/** What the page says of an event. The tables of events without results have no such columns. */
function rowOf(name: string) {
  const line = PAGE.split('\n').find((one) => one.startsWith(`| \`${name}\`<br>`));
  if (line === undefined) throw new Error(`docs/events.md has no row for ${name}`);
  const [, , , marks = '', asked = '', stored = ''] = line.split('|');
  const table = PAGE.slice(0, PAGE.indexOf(line)).match(/.*<!-- table: (\w+) -->/s)?.[1];
  const words = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  if (table === 'announcing')
    return { asked: words(asked), stored: words(stored), isWholeBook: marks.includes('if not stored yet') };
  return { asked: table === 'status' ? [BOOK_STATUS] : [], stored: [], isWholeBook: false };
}

/** Lets Ocrolus have a document book with everything, and three rows of transactions on two pages. */
function answerEverything({ ocrolus }: Harness, { imageGroupPk }: EventIds): void {
  const documents = [document(OTHER), { ...document('the-document'), image_group_pk: imageGroupPk }];
  ocrolus.before = (target) => {
    const offset = Number(new URLSearchParams(target.split('?')[1]).get('offset'));
    const rows = { total: 3, limit: 2, offset, enriched_transactions: offset === 0 ? [{}, {}] : [{}] };
    if (target.includes('/book/status')) ocrolus.says(target, bookStatus('the-book', 'VERIFIED', documents));
    else if (target.includes('/visualization/')) ocrolus.says(target, { body: Buffer.from('GIF89a') });
    else if (target.includes('/detect/'))
      ocrolus.says(
        target,
        signals('the-book', { [OTHER]: 'COMPLETED', 'the-document': 'COMPLETED' }, ['the-image']),
      );
    else if (target.endsWith('/xlsx')) ocrolus.says(target, { body: Buffer.from('PK') });
    else ocrolus.says(target, { body: target.includes('/enriched_txns') ? rows : {} });
  };
}

/** A key or a target as the page writes it. */
function asWritten(text: string): string {
  return text
    .replaceAll(/the-(book|document|request|business|image)/g, '<$1>')
    .replace(/offset=\d+/, 'offset=500')
    .replace(/@[\w-]+@\d+$/, '@<set>@<offset>');
}
