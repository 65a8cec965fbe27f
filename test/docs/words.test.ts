import { expect, test } from 'vitest';
import { findPhrases } from '../../infra/docs/words/find-phrases.ts';

test.each([
  ['A book begins anew.', 'anew'],
  ['NOBODY SHALL come back', 'NOBODY SHALL'],
  ['/** Some are tried in\n * vain, others not. */', 'in vain'],
  ['// It is kept for\n// ever.', 'for ever'],
  ['a proxy of yours', 'of yours'],
])('%j has a phrase to replace', (text, phrase) => {
  expect(findPhrases(text)).toContainEqual(
    expect.objectContaining({ phrase, instead: expect.stringMatching(/\S/) }),
  );
});

test.each([
  'recommended',
  'renew, newer, a new one',
  'for every book',
  'marshalled',
  'hours of work',
  'brainstorms',
])('%j is no phrase to replace', (text) => {
  expect(findPhrases(text)).toEqual([]);
});

test('names the line', () => {
  expect(findPhrases('one\ntwo\nin vain')).toMatchObject([{ line: 3 }]);
});
