import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import { resultCommand } from '../../infra/ops/commands/see/result.ts';
import { RESULT_KINDS } from '../../shared/events/catalog.ts';
import { fakeReader, fakeTarget, runOps } from './fake-target.ts';

it.each(RESULT_KINDS)('a result of kind %s is its bytes, whatever they are', async (kind) => {
  const bytes = Buffer.from([0x00, 0xff, 0x0a, 0x7b, 0xe2, 0x82]);
  const asked: unknown[] = [];
  const reader = fakeReader({
    resultStream: async (...question) => {
      asked.push(question);
      return Readable.from([bytes.subarray(0, 2), bytes.subarray(2)]);
    },
  });
  const output = await runOps(resultCommand, fakeTarget({ reader }), { words: ['book', kind, 'subject'] });
  expect('stream' in output && (await buffer(output.stream))).toEqual(bytes);
  expect(asked).toEqual([['book', kind, 'subject']]);
});

it.each([[[]], [['book']], [['book', 'no-such-kind']], [['book', '__proto__']]])(
  '%j is wrong usage',
  async (words) => {
    await expect(runOps(resultCommand, fakeTarget(), { words })).rejects.toMatchObject({
      name: 'UsageError',
    });
  },
);

it.each([
  [
    'of two documents: the first one, and names the other',
    ['d1', 'd2'],
    'forms of d1; add a subject for another one: d2\n',
  ],
  [
    "the book's own, and names that of the document",
    ['a', 'book'],
    'forms of book; add a subject for another one: a\n',
  ],
  ['the only one, and says nothing', ['d1'], undefined],
])('without a subject, it prints %s', async (_, subjects, note) => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const reader = fakeReader({
    resultStream: async () => Readable.from([]),
    results: async () => [
      ...subjects.map((subject) => ({ kind: 'forms', subject }) as never),
      { kind: 'forms', subject: 'd1@set', set: { id: 'set', offset: 500 } } as never,
      { kind: 'summary', subject: 'other' } as never,
    ],
  });
  await runOps(resultCommand, fakeTarget({ reader }), { words: ['book', 'forms'] });
  expect(said.mock.calls).toEqual(note === undefined ? [] : [[note]]);
  said.mockRestore();
});

it('--json is accepted, and not listed', async () => {
  const reader = fakeReader({ resultStream: async () => Readable.from([]) });
  const call = { words: ['book', 'forms', 'd'], flags: { json: true } } as const;
  expect(await runOps(resultCommand, fakeTarget({ reader }), call)).toHaveProperty('stream');
  expect(resultCommand(async () => {}).helpInformation()).not.toContain('--json');
});

it('a result that is not there is a failure, not an empty one', async () => {
  await expect(runOps(resultCommand, fakeTarget(), { words: ['book', 'forms'] })).rejects.toThrow(
    'no such result',
  );
});
