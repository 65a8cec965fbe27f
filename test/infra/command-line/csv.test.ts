import { expect, it } from 'vitest';
import { csvText } from '../../../infra/command-line/csv.ts';

it('quotes what would end a cell', () => {
  expect(
    csvText(
      ['a', 'b'],
      [
        ['1,2', 'say "x"'],
        ['two\nlines', ''],
      ],
    ),
  ).toBe('a,b\r\n"1,2","say ""x"""\r\n"two\nlines",');
});

it.each(['=1+1', '+1', '@x', '-x', '\tx'])('lets no spreadsheet compute %j', (cell) => {
  expect(csvText(['a'], [[cell]])).toBe(`a\r\n'${cell}`);
});

it('leaves negative numbers as they are', () => {
  expect(csvText(['a'], [['-1']])).toBe('a\r\n-1');
});
