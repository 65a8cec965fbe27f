import { expect, it } from 'vitest';
import { tableText } from '../../infra/ops/table-text.ts';

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
