import type { SQSHandler } from 'aws-lambda';
import type { Channel } from '../../shared/events/channels.ts';
import { consume, type Observe } from './consume.ts';
import { type ConsumerParts, openConsumerParts } from './parts.ts';

/**
 * The Lambda of a channel. A retry of it, by SQS, asks Ocrolus again and changes nothing that is already
 * written. Parts are opened at the first batch, so that tests can import a consumer without its environment.
 */
export function defineConsumer(channel: Channel, observe: Observe): SQSHandler {
  let parts: ConsumerParts | undefined;
  return (event, context) => {
    parts ??= openConsumerParts();
    return consume(channel, observe, parts, event, context);
  };
}
