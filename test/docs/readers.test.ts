import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBookReader } from '../../shared/public/book-reader.ts';
import { BOOK_ITEM, documentItem } from '../../shared/store/keys.ts';
import { observation, writeAll } from '../shared/store/testing/observations.ts';
import { useResults } from '../shared/store/testing/results.ts';

const given = useResults();
const { bookId } = given;
const page = readFileSync(join(import.meta.dirname, '../../docs/readers.md'), 'utf8');
const [guide = '', onStream = ''] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

/** Runs an example with this table, and returns what it prints. @param more is appended to the example. */
async function run(example: string, bookUuid: string, more = ''): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const createReader = async () => createBookReader(given.reader, { now: () => 0, wait: async () => {} });
  const code = stripTypeScriptTypes(example)
    .replace(/^import .*$/gm, '')
    .replace('export ', '');
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const main = new AsyncFunction('createReader', 'bookUuid', 'console', `${code}\n${more}`);
  await main(createReader, bookUuid, { log: (...words: unknown[]) => printed.push(words) });
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

test('the Lambda on the stream reads the summary of a book that has become complete, once', async () => {
  await given.write('{"a":1}', 1, { kind: 'summary', summary: { banks: 2 } });
  const record = (OldImage: object, item = 'BOOK') => ({
    dynamodb: {
      Keys: { bookId: { S: bookId }, item: { S: item } },
      NewImage: { complete: { BOOL: true } },
      OldImage,
    },
  });
  const Records = [
    record({ complete: { BOOL: false } }),
    record({ complete: { BOOL: true } }),
    record({}, 'DOC#a'),
  ];
  const printed = await run(onStream, bookId, `await handler(${JSON.stringify({ Records })});`);
  expect(printed).toEqual([[bookId, { banks: 2 }]]);
});
