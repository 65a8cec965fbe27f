import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { resultCommand } from '../../infra/ops/commands/result.ts';
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

it('a result that is not there is a failure, not an empty one', async () => {
  await expect(runOps(resultCommand, fakeTarget(), { words: ['book', 'forms'] })).rejects.toThrow(
    'no such result',
  );
});
