import { expect, it } from 'vitest';
import { asFailure, Failure } from '../../shared/failure.ts';

it('a failure stays what it is', () => {
  const failure = new Failure('refused', '1401');
  expect(asFailure(failure)).toBe(failure);
});

it.each([
  [new TypeError('x'), 'TypeError'],
  ['text', 'string'],
  [undefined, 'undefined'],
])('an unclassified error is retried: %s', (thrown, code) => {
  expect(asFailure(thrown)).toMatchObject({ class: 'retry', code, cause: thrown });
});

it('its message is the class and the code, never the cause', () => {
  const failure = new Failure('retry', 'network', { cause: new Error('https://user:password@host') });
  expect(failure.message).toBe('retry: network');
});
