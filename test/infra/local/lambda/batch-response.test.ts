import { expect, test } from 'vitest';
import { failedMessageIds } from '../../../../infra/local/lambda/sqs-event.ts';

const IDS = ['one', 'two'];

test.each([
  ['null', 'null', []],
  ['no list', '{}', []],
  ['a list of null', '{"batchItemFailures":null}', []],
  ['an empty list', '{"batchItemFailures":[]}', []],
  ['a message of the batch', '{"batchItemFailures":[{"itemIdentifier":"two"}]}', ['two']],
  ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}', IDS],
  ['a null identifier', '{"batchItemFailures":[{"itemIdentifier":null}]}', IDS],
  ['another key', '{"batchItemFailures":[{"id":"two"}]}', IDS],
  ['a message that is not in the batch', '{"batchItemFailures":[{"itemIdentifier":"three"}]}', IDS],
  ['no list but an object', '{"batchItemFailures":{}}', IDS],
])('%s leaves the right messages in the queue', (_name, payload, failed) => {
  expect([...failedMessageIds(payload, IDS)]).toEqual(failed);
});
