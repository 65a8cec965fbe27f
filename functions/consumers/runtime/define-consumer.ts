import type { SQSHandler } from 'aws-lambda';
import type { Channel } from '../../../shared/events/channels.ts';
import { consume } from './consume.ts';
import { type ConsumerDependencies, openConsumer } from './dependencies.ts';

/**
 * The Lambda of a channel. A retry of it, by SQS, asks Ocrolus again and changes nothing that is already
 * written. Dependencies are opened at the first batch, so that tests can import a channel without its environment.
 */
export function defineConsumer(channel: Channel): SQSHandler {
  let dependencies: ConsumerDependencies | undefined;
  return (event, context) => {
    dependencies ??= openConsumer();
    return consume(channel, dependencies, event, context);
  };
}
