import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatorControl } from '../../../../infra/local/ocrolus/control/control.ts';
import { openBookJournal, type Simulator, startSimulator } from '../../../../infra/local/ocrolus/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Books as the control shows them, and every answer about them. */
function stateOf(simulator: Simulator): unknown {
  const answers = simulator.books.map(({ uuid }) => simulator.truth(uuid).results);
  return JSON.parse(JSON.stringify([new SimulatorControl(simulator).books, answers]));
}

test('every change of a simulated book is kept, and so is what Ocrolus answers about it', async () => {
  const file = join(folder, 'books.jsonl');
  let clock = Date.UTC(2026, 0, 5);
  const now = () => {
    clock += 60_000;
    return clock;
  };
  const open = () => startSimulator({ journal: openBookJournal(file), now });
  const first = await open();
  /** A second simulator, which reads the file, has the same books and gives the same answers. */
  const kept = async () => {
    const second = await open();
    expect(stateOf(second)).toEqual(stateOf(first));
    await second.close();
  };
  const book = first.addBook({
    documents: [
      { imageGroup: 'photos' },
      { imageGroup: 'photos', rejection: 'DOCUMENT IS UNREADABLE' },
      { mixed: 'all.pdf', kind: 'form' },
      { mixed: 'all.pdf', kind: 'pay-stub' },
    ],
  });
  await kept();
  const other = first.addBook({ pk: '9007199254740993', xid: 'loan', forbidden: true });
  await first.verifyBook(book.uuid, { deliver: false });
  first.requestAsyncAnalytics(book.uuid);
  await kept();
  await first.completeAnalytics(book.uuid);
  await first.calculateIncome(book.uuid);
  await first.flagSuspiciousActivity(book.uuid);
  await first.verifyBusiness(book.uuid, first.createBusiness(book.uuid).uuid);
  first.deleteDocument(book.documents[0]?.uuid ?? '', { listed: true });
  first.deleteBook(other.uuid);
  await expect(async () => first.completeBook(other.uuid)).rejects.toThrow('is deleted');
  await kept();
  await first.close();

  // The last line of a process that was killed.
  await appendFile(file, '{"at":1');
  const last = await open();
  expect(last.books.map(({ uuid }) => uuid)).toEqual([book.uuid, other.uuid]);
  // Documents of one mixed document still share it.
  last.addDocument(book.uuid, { mixed: 'all.pdf' });
  expect(new Set(last.books[0]?.documents.map(({ mixed }) => mixed)).size).toBe(2);
  expect(openBookJournal(file).entries.at(-1)?.command.do).toBe('add-document');
  await last.close();
});
