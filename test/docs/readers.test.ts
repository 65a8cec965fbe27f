import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBookReader } from '../../shared/public/book-reader.ts';
import { parsePublishedEvent } from '../../shared/public/events.ts';
import { BOOK_ITEM, documentItem } from '../../shared/store/keys.ts';
import { observation, writeAll } from '../shared/store/testing/observations.ts';
import { useResults } from '../shared/store/testing/results.ts';

const given = useResults();
const { bookId } = given;
const examplesOf = (name: string) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
  return [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
};
const [guide = ''] = examplesOf('readers.md');
const [, onEvent = ''] = examplesOf('published-events.md');

/** Runs an example with this table, and returns what it prints. @param more is appended to the example. */
async function run(example: string, bookUuid: string, more = ''): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const createReader = async () => createBookReader(given.reader, { now: () => 0, wait: async () => {} });
  const code = stripTypeScriptTypes(example)
    .replace(/^import .*$/gm, '')
    .replace('export ', '');
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const main = new AsyncFunction(
    'createReader',
    'parsePublishedEvent',
    'bookUuid',
    'console',
    `${code}\n${more}`,
  );
  await main(createReader, parsePublishedEvent, bookUuid, {
    log: (...words: unknown[]) => printed.push(words),
  });
  return printed;
}

test('the ten lines print the forms of each document of a complete book', async () => {
  const [complete, docUuid] = [{ complete: true, open: [] }, '07ce7a49-85d4-50a6-bcb1-4e5fe2036e0b'];
  await writeAll(given.table, [observation(bookId, 1, 'VERIFIED')]);
  await given.table.update({ bookId, item: BOOK_ITEM }, { set: complete });
  await given.table.put({
    ...{ bookId, item: documentItem(docUuid), docUuid, status: 'VERIFICATION_COMPLETE' },
    ...{ observedAt: '2026-03-01T12:00:00.000Z', generation: 1, revision: 1 },
  });
  await given.write('{"form_type":"W2"}', 1, { kind: 'forms', subject: docUuid, summary: {} });
  expect(await run(guide, bookId)).toEqual([[docUuid, { form_type: 'W2' }]]);
});

test('the Lambda behind a rule reads the summary of a book that is complete', async () => {
  await given.write('{"a":1}', 1, { kind: 'summary', summary: { banks: 2 } });
  const call = (type: string, detail: object) =>
    run(onEvent, bookId, `await handler(${JSON.stringify({ 'detail-type': type, detail })});`);
  const common = { version: 1, changeId: 'c', stage: 'prod', bookId, generation: 1, account: 'default' };
  const [status, at] = ['VERIFIED', '2026-03-01T12:00:00.000Z'];
  expect(await call('book.complete', { ...common, status, completeAt: at })).toEqual([
    [bookId, { banks: 2 }],
  ]);
  expect(await call('book.status_changed', { ...common, status, changedAt: at })).toEqual([]);
  await expect(call('book.complete', { ...common, status })).rejects.toThrow('completeAt is missing');
  await expect(call('book.opened', common)).rejects.toThrow('"book.opened" is not a published event');
});
