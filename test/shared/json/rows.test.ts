import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowsOf } from '../../../shared/json/rows.ts';

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function rows(text: string, size = 5): Promise<string[]> {
  const found: string[] = [];
  for await (const row of rowsOf(inPieces(text, size), 'rows')) found.push(String(row));
  return found;
}

it('are the bytes of each element, with every digit', async () => {
  const text = '{"total":2, "x":{"rows":[9]}, "rows":[ {"pk": 18446744073709551615}, "a,]" , 1.10], "y":[8]}';
  expect(await rows(text)).toEqual(['{"pk": 18446744073709551615}', '"a,]"', '1.10']);
});

it('are all elements of any array, wherever the text is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 30 }), async (values, size) => {
      const expected = values.map((value) => JSON.stringify(value));
      expect(await rows(JSON.stringify({ before: values, rows: values }), size)).toEqual(expected);
    }),
  );
});

it('are none where there is no such array, and an error where the text is cut off', async () => {
  expect(await rows('{"rows":{"a":1}}')).toEqual([]);
  expect(await rows('[{"rows":[1]}]')).toEqual([]);
  await expect(rows('{"rows":[1,2')).rejects.toThrow('the text ends too early');
});
