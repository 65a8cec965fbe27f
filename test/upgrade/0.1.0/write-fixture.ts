import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { copyAttributes } from '../../simulation/kernel/table/values.ts';
import { isAvailable, type PlayedBook } from '../../simulation/played/played-book.ts';
import type { Fixture, RecordedMessage } from '../fixture.ts';
import { FIXTURE_AT, UPGRADED_BOOKS } from './expectations.ts';
import { loadOldVersion } from './old-version.ts';
import { Stage } from './stage.ts';
import { tellFinishedBooks } from './story/finished-books.ts';
import { tellLastMinutes, tellOtherDeliveries } from './story/last-minutes.ts';
import { DAY } from './story/life.ts';
import { tellOpenBooks } from './story/open-books.ts';
import { FILLERS, tellCircuits, tellShapedBooks, tellUnknownBooks } from './story/other-books.ts';

const USAGE = `Writes fixture.json: what version 0.1.0 leaves behind of the books in expectations.ts.

Usage: node test/upgrade/0.1.0/write-fixture.ts --checkout DIR

  --checkout DIR  commit 40fb58a with its dependencies: git worktree add DIR 40fb58a && npm ci --prefix DIR

Time is virtual and chance is seeded, so that the same checkout writes the same file again.`;

const { values } = parseArgs({ options: { checkout: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help === true || values.checkout === undefined) {
  console.log(USAGE);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  const stage = new Stage(await loadOldVersion(values.checkout), {
    startsBefore: 46 * DAY,
    deployment: { accounts: ['north', 'south', 'west'] },
  });
  tellFinishedBooks(stage);
  tellOpenBooks(stage);
  tellShapedBooks(stage);
  tellCircuits(stage);
  tellUnknownBooks(stage);
  tellOtherDeliveries(stage);
  tellLastMinutes(stage);
  await stage.run();
  await writeFile(join(import.meta.dirname, 'fixture.json'), print(record(stage)));
}

function record(stage: Stage): Fixture {
  return {
    about: 'Written by write-fixture.ts with commit 40fb58a (version 0.1.0). Names and bodies are invented.',
    index: UPGRADED_BOOKS.map(({ bookId, shows, ocrolus }) => ({
      bookId,
      shows,
      ocrolus: describe(ocrolus),
    })),
    at: new Date(FIXTURE_AT).toISOString(),
    table: itemsOf(stage),
    bodies: [...stage.core.bodies.keys()].sort().map((name) => {
      const [bucket = '', ...key] = name.split('/');
      const body = stage.core.bodies.get(bucket, key.join('/'));
      return { bucket, key: key.join('/'), gzip: gzipSync(body).toString('base64') };
    }),
    queues: Object.fromEntries(
      stage.channels.map((channel) => [channel, stage.messagesOf(channel).map(toRecorded)]),
    ),
    deadLetters: Object.fromEntries(
      stage.channels.map((channel) => [channel, stage.deadLettersOf(channel).map(toRecorded)]),
    ),
  };
}

/** Leaves out items that DynamoDB has removed by then, and books that only open circuits. */
function itemsOf({ core }: Stage): Record<string, unknown>[] {
  const fillers = new Set(FILLERS.map(({ uuid }) => uuid));
  const bookIds = [...core.table.bookIds()].filter((bookId) => !fillers.has(bookId)).sort();
  return bookIds
    .flatMap((bookId) => [...core.table.peekPartition(bookId)])
    .filter(({ expiresAt }) => typeof expiresAt !== 'number' || expiresAt * 1000 > FIXTURE_AT)
    .map((attributes) => copyAttributes(attributes));
}

/** Describes a book in words. Anything that it lacks is refused. */
function describe(book: PlayedBook): string {
  const { uuid, account, status, refused, documents, mixed = [], answers } = book;
  if (refused !== undefined) return `refuses ${uuid} with ${refused.code ?? refused.status}`;
  const listed = [...documents, ...mixed].map((document) => `${document.uuid} ${document.status}`);
  const available = Object.entries(answers).flatMap(([name, answer]) =>
    isAvailable(answer) ? [answer.revision === 1 ? name : `${name} (revision ${answer.revision})`] : [],
  );
  return `${uuid} of ${account} ${status}; ${listed.join(', ')}; has ${available.join(', ')}`;
}

function toRecorded(message: ReturnType<Stage['messagesOf']>[number]): RecordedMessage {
  const { id, body, group, sentAt, receiveCount, wakeUp } = message;
  return { id, group, sentAt, receiveCount, visibleAt: wakeUp?.time ?? FIXTURE_AT, body: parsed(body) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** One line for each item, message and body, so that a change is seen in a diff. */
function print(fixture: Fixture): string {
  const line = (value: unknown) =>
    JSON.stringify(value, (_, one) =>
      one instanceof Uint8Array ? { base64: Buffer.from(one).toString('base64') } : one,
    );
  const list = (values: readonly unknown[]) =>
    values.length === 0 ? '[]' : `[\n    ${values.map(line).join(',\n    ')}\n  ]`;
  const { about, index, at, table, bodies, queues, deadLetters } = fixture;
  const lists = (named: Fixture['queues']) =>
    `{\n  ${Object.entries(named)
      .map(([name, messages]) => `${line(name)}: ${list(messages)}`)
      .join(',\n  ')}\n  }`;
  return `{
  "about": ${line(about)},
  "index": ${list(index)},
  "at": ${line(at)},
  "table": ${list(table)},
  "bodies": ${list(bodies)},
  "queues": ${lists(queues)},
  "deadLetters": ${lists(deadLetters)}
}
`;
}
