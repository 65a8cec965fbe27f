import { beforeEach, expect, test } from 'vitest';
import { Failure } from '../../shared/failure.ts';
import { useTables } from '../store/testing/table.ts';
import { createStage, delivery, receive, type Stage } from './testing/stage.ts';

const createTable = useTables();
let stage: Stage;
beforeEach(async () => {
  stage = createStage(await createTable());
});

const refused = (code: string) => async () => Promise.reject(new Failure('refused', code));

test('what Ocrolus refuses is written down with its code, and not tried again', async () => {
  expect(await receive(stage, refused('9021'), [delivery('SUSPICIOUS_ACTIVITY', { bookUuid: 'b' })])).toEqual(
    [],
  );
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused', reason: '9021' }]);
  expect(stage.counted).toContainEqual({ name: 'DeliveryRefusedByOcrolus', dimensions: { code: '9021' } });
});

test('a book that Ocrolus does not know may only be too new: tried twice, then refused', async () => {
  const message = delivery('BOOK_VERIFIED', { bookUuid: 'b' });
  const failed = [];
  for (const attempts of [1, 2, 3])
    failed.push(await receive(stage, refused('1401'), [message], { attempts }));
  expect(failed).toEqual([['message-0'], ['message-0'], []]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused', reason: '1401', attempts: 3 }]);
});

test('an account that the deployment does not serve any more is refused', async () => {
  const message = delivery('BOOK_VERIFIED', { bookUuid: 'b' }, { account: 'gone' });
  expect(await receive(stage, refused('never called'), [message])).toEqual([]);
  expect(await stage.reader.events('b')).toMatchObject([{ outcome: 'refused', reason: 'unknown-account' }]);
});
