import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeBook } from '../../../../infra/local/ocrolus/control/control.ts';
import { openBookJournal } from '../../../../infra/local/ocrolus/journal.ts';
import { type Simulator, startSimulator } from '../../../../infra/local/ocrolus/simulator.ts';
import { useFolder } from '../../../testing/folder.ts';
import { truthOf } from './testing/truth.ts';

const folder = useFolder();

/** Books as the control shows them, and every answer about them. */
function stateOf(simulator: Simulator): unknown {
  const answers = simulator.books.map(({ uuid }) => truthOf(simulator, uuid).results);
  return JSON.parse(JSON.stringify([simulator.books.map(describeBook), answers]));
}

test('every change of a simulated book is kept, and so is what Ocrolus answers about it', async () => {
  const file = join(folder(), 'books.jsonl');
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
  await first.change({ do: 'verify-book', book: book.uuid }, { deliver: false });
  first.change({ do: 'request-analytics', book: book.uuid, id: randomUUID() });
  await kept();
  await first.change({ do: 'complete-analytics', book: book.uuid });
  await first.change({ do: 'calculate-income', book: book.uuid });
  await first.change({ do: 'flag-suspicious-activity', book: book.uuid });
  const business = randomUUID();
  await first.change({ do: 'start-business', book: book.uuid, id: business });
  await first.change({ do: 'verify-business', book: book.uuid, id: business });
  first.change({ do: 'delete-document', document: book.documents[0]?.uuid ?? '', isListed: true });
  first.change({ do: 'delete-book', book: other.uuid });
  await expect(async () => first.change({ do: 'complete-book', book: other.uuid })).rejects.toThrow(
    'is deleted',
  );
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
