import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import { RESULT_KINDS } from '../../../../shared/events/catalog.ts';
import { fakeReader, fakeTarget, streamOf } from '../fake-target.ts';
import { programOf } from '../testing/program.ts';

it.each(RESULT_KINDS)(
  'a result of kind %s is its bytes, whatever they are; --json is accepted',
  async (kind) => {
    const bytes = Buffer.from([0x00, 0xff, 0x0a, 0x7b, 0xe2, 0x82]);
    const asked: unknown[] = [];
    const reader = fakeReader({
      resultStream: async (...question) => {
        asked.push(question);
        return Readable.from([bytes.subarray(0, 2), bytes.subarray(2)]);
      },
    });
    const stream = await streamOf(fakeTarget({ reader }), `result book ${kind} subject --json`);
    expect(await buffer(stream)).toEqual(bytes);
    expect(asked).toEqual([['book', kind, 'subject']]);
  },
);

it('--json is not listed, because it has no effect', () => {
  const command = programOf().commands.find((one) => one.name() === 'result');
  expect(command?.helpInformation()).toContain('--stage');
  expect(command?.helpInformation()).not.toContain('--json');
});

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
  await streamOf(fakeTarget({ reader }), 'result book forms');
  expect(said.mock.calls).toEqual(note === undefined ? [] : [[note]]);
  said.mockRestore();
});

it('a result that is not there is a failure, not an empty one', async () => {
  const reader = fakeReader({ book: async () => ({}) as never });
  await expect(streamOf(fakeTarget({ reader }), 'result book forms')).rejects.toThrow('no such result');
  await expect(streamOf(fakeTarget(), 'result book forms')).rejects.toThrow('book book is not stored');
});
