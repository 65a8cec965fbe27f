import { expect, test } from 'vitest';
import { differences, shapeOf } from './shape.ts';

const compare = (ours: unknown[], theirs: unknown[], openMaps: readonly RegExp[] = []) =>
  differences(shapeOf(ours, openMaps), shapeOf(theirs, openMaps), () => false);

test.each<[string, unknown, unknown, string[]]>([
  ['equal shapes', { a: 1, b: [{ c: 'x' }] }, { a: 2, b: [{ c: 'y' }] }, []],
  ['a member too few', {}, { a: 1 }, ['.a is missing']],
  ['a member too many', { a: 1 }, {}, ['.a is not documented']],
  ['a member deep inside', { a: [{ b: {} }] }, { a: [{ b: { c: 1 } }] }, ['.a[].b.c is missing']],
  [
    'a member that some entries lack',
    { a: [{ b: 1 }, {}] },
    { a: [{ b: 1 }] },
    ['.a[].b is sometimes missing'],
  ],
  [
    'a member that some examples have',
    { a: [{ b: 1 }] },
    { a: [{ b: 1, c: 1 }, { b: 1 }] },
    ['.a[].c is never shown'],
  ],
  ['an empty list', { a: [] }, { a: [1] }, ['.a[] is never shown']],
  ['a list that is empty in the example', { a: [{ b: 1 }] }, { a: [] }, []],
  ['another type', { a: '1' }, { a: 1 }, ['.a is text:digits, not integer']],
  ['null', { a: null }, { a: 1 }, ['.a is null, not integer']],
  ['a value where the example is null', { a: 1 }, { a: null }, []],
  ['amounts with and without cents', { a: 1, b: 1.5 }, { a: 1.5, b: 1 }, []],
  [
    'another way to write a date',
    { a: '01/05/2026' },
    { a: '2026-01-05' },
    ['.a is text:us-date, not text:date'],
  ],
  ['an object for a list', { a: {} }, { a: [] }, ['.a is object, not list']],
  ['objects keyed by ids', { 7: { a: 1 } }, { 8: { a: 1 }, 9: { a: 2 } }, []],
  ['objects keyed by dates', { '2026-01-05': 'x' }, { '2025-01-05': 1 }, ['{} is text, not integer']],
])('%s', (_, ours, theirs, expected) => {
  expect(compare([ours], [theirs])).toEqual(expected);
});

test('an object keyed by any names is one only where it is told', () => {
  const [ours, theirs] = [{ m: { a: 1 } }, { m: { b: 1 } }];
  expect(compare([ours], [theirs])).toEqual(['.m.a is not documented', '.m.b is missing']);
  expect(compare([ours], [theirs], [/\.m$/])).toEqual([]);
});
