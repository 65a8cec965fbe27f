import { expect, test } from 'vitest';
import { messagesFor } from '../../functions/poller/messages.ts';
import type { Want } from '../../shared/events/envelope.ts';
import { document, observation } from '../store/testing/observations.ts';

const finished = (count: number) =>
  Array.from({ length: count }, (_, n) => document('VERIFICATION_COMPLETE', `d${n}`));
const seen = (count = 1) => observation('b', 5, 'VERIFIED', finished(count));
const wantsOf = (...subjects: string[]): Want[] =>
  subjects.flatMap((subject) => (['forms', 'transactions'] as const).map((kind) => ({ kind, subject })));
const subjects = (wants: readonly Want[] = []) => [...new Set(wants.map(({ subject }) => subject))];

test('of a book with nothing missing, nothing is sent', () => {
  expect(messagesFor({ asks: [], changed: [] }, seen(), [])).toEqual([]);
});

test('documents are sent in groups of five, with all that each lacks', () => {
  const asks = wantsOf(...finished(12).map(({ docUuid }) => docUuid));
  const messages = messagesFor({ asks, changed: [] }, seen(12), []);
  expect(messages.map(({ eventName }) => eventName)).toEqual(Array(3).fill('poll.documents'));
  expect(messages.map(({ wants }) => subjects(wants).length)).toEqual([5, 5, 2]);
  expect(messages.flatMap(({ wants = [] }) => wants)).toEqual(asks);
});

test('results of the book, of requests and of businesses are sent in one message', () => {
  const asks: Want[] = [
    { kind: 'summary', subject: 'b' },
    { kind: 'signals', subject: 'b' },
    { kind: 'analytics', subject: 'r' },
    { kind: 'business', subject: 'biz' },
  ];
  expect(messagesFor({ asks, changed: [] }, seen(), [])).toEqual([
    { eventName: 'poll.results', channel: 'book-results', ids: { bookUuid: 'b' }, wants: asks },
  ]);
});

test('signals of one document are sent with the document, those of the book with the book', () => {
  const asks: Want[] = [
    { kind: 'signals', subject: 'd0' },
    { kind: 'signals', subject: 'b' },
  ];
  const messages = messagesFor({ asks, changed: [] }, seen(), []);
  expect(messages).toMatchObject([
    { eventName: 'poll.documents', wants: [{ subject: 'd0' }] },
    { eventName: 'poll.results', wants: [{ subject: 'b' }] },
  ]);
});

test('statuses make one message, however many there are', () => {
  const messages = messagesFor({ asks: [], changed: ['d0', 'd1', 'gone'] }, seen(2), []);
  expect(messages).toMatchObject([{ eventName: 'poll.status', channel: 'lifecycle' }]);
  expect(messages[0]).not.toHaveProperty('wants');
});

test('a document that is sent anyway needs no message for its status', () => {
  const messages = messagesFor({ asks: wantsOf('d0'), changed: ['d0'] }, seen(), []);
  expect(messages.map(({ eventName }) => eventName)).toEqual(['poll.documents']);
  const both = messagesFor({ asks: wantsOf('d0'), changed: ['d0', 'd1'] }, seen(2), []);
  expect(both.map(({ eventName }) => eventName)).toEqual(['poll.status', 'poll.documents']);
});

test('an observation is carried as long as it is small', () => {
  const isCarried = (count: number) =>
    messagesFor({ asks: wantsOf('d0'), changed: ['d1'] }, seen(count), []).map(
      (message) => message.observation !== undefined,
    );
  expect(isCarried(100)).toEqual([true, true]);
  expect(isCarried(2000)).toEqual([false, false]);
});

test('the one call of an open circuit is allowed to the message that asks for its kind', () => {
  const asks: Want[] = [...wantsOf('d0'), { kind: 'summary', subject: 'b' }];
  const messages = messagesFor({ asks, changed: [] }, seen(), ['summary', 'income']);
  expect(messages.map(({ eventName, canaries }) => [eventName, canaries])).toEqual([
    ['poll.documents', undefined],
    ['poll.results', ['summary']],
  ]);
});

test('the pk of a book is sent with it', () => {
  const asks: Want[] = [{ kind: 'summary', subject: 'b' }];
  expect(messagesFor({ asks, changed: [] }, { ...seen(), bookPk: '77' }, [])).toMatchObject([
    { ids: { bookUuid: 'b', bookPk: '77' } },
  ]);
});
