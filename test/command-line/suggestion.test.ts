import { expect, it } from 'vitest';
import { suggestion } from '../../infra/command-line/suggestion.ts';

const NAMES = ['doc-verified', 'book-verified', 'lifecycle', 'DOC_VERIFIED'];

it.each([
  ['doc-verifed', 'doc-verified'],
  ['lifcycle', 'lifecycle'],
  ['LIFECYCLE', 'lifecycle'],
  ['doc_verified', 'DOC_VERIFIED'],
  ['dook-verified', 'book-verified'],
])('%s is most like %s', (typed, name) => {
  expect(suggestion(typed, NAMES)).toBe(` (Did you mean ${name}?)`);
});

it.each(['x', '', 'analytics', 'verified-book'])('%j is like none', (typed) => {
  expect(suggestion(typed, NAMES)).toBe('');
});

it('without names there is none', () => expect(suggestion('book', [])).toBe(''));
