import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../infra/command-line/screen.ts';
import { tableText } from '../../infra/command-line/table-text.ts';

it('columns are as wide as their widest cell, and lines end without blanks', () => {
  const rows = [
    ['a', 'short'],
    ['longer than the header', ''],
  ];
  expect(tableText(['NAME', 'VALUE'], rows)).toBe(
    ['NAME                    VALUE', 'a                       short', 'longer than the header'].join('\n'),
  );
});

it('without rows there is the header', () => {
  expect(tableText(['NAME', 'VALUE'], [])).toBe('NAME  VALUE');
});

it('a cell cannot break out of its row, or colour it', () => {
  const row = ['X \u001b[31mred \n evil line', 'next'];
  expect(tableText(['NAME', 'VALUE'], [row]).split('\n')).toEqual([
    expect.stringMatching(/^NAME +VALUE$/),
    String.raw`X \u001b[31mred \u000a evil line  next`,
  ]);
});

describe('on a narrow screen', () => {
  const id = '371ab5bc-b22a-522a-a19b-ae78c1bbdb9f';
  const header = ['BOOK', 'EVENT', 'WHY'];
  const rows = [[id, 'document.verification_succeeded', 'retries-used-up (http-403 x4, network)']];
  const at = (width: number) => tableText(header, rows, { ...PLAIN, width });

  it('long texts are cut, and ids are not', () => {
    expect(at(80).split('\n')).toEqual([
      'BOOK                                  EVENT                 WHY',
      `${id}  document.verificati…  retries-used-up (ht…`,
    ]);
  });

  it('every line fits, or is a value on a line of its own', () => {
    for (let width = 66; width <= 120; width += 1) {
      for (const line of at(width).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    }
    expect(at(60)).toBe(
      [
        `BOOK   ${id}`,
        'EVENT  document.verification_succeeded',
        'WHY    retries-used-up (http-403 x4, network)',
      ].join('\n'),
    );
  });
});
