import { observe as bookAnalytics } from '../../../functions/consumers/book-analytics.ts';
import { observe as bookDetect } from '../../../functions/consumers/book-detect.ts';
import { observe as bookVerified } from '../../../functions/consumers/book-verified.ts';
import type { Observe } from '../../../functions/consumers/consume.ts';
import { observe as docVerified } from '../../../functions/consumers/doc-verified.ts';
import { observe as lifecycle } from '../../../functions/consumers/lifecycle.ts';
import type { Channel } from '../../../shared/events/channels.ts';
import { createStage, delivery, receive } from '../../consumers/testing/stage.ts';
import type { PollerStage } from './stage.ts';

const CONSUMERS: Partial<Record<Channel, Observe>> = {
  'book-analytics': bookAnalytics,
  'book-detect': bookDetect,
  'book-verified': bookVerified,
  'doc-verified': docVerified,
  lifecycle,
};

/** Lets the consumers work off what the poller has sent. @returns the channels. */
export async function workOff(stage: PollerStage): Promise<Channel[]> {
  const consumers = createStage(stage.table, { accounts: stage.ocrolus.accounts, now: stage.clock.now });
  const messages = stage.sent.splice(0);
  for (const { eventName, channel, ids, jobs, wait, carry, observation } of messages) {
    const observe = CONSUMERS[channel];
    if (observe === undefined) throw new Error(`no consumer for ${channel}`);
    const message = delivery(eventName, ids, {
      channel,
      source: 'poll',
      ...(jobs !== undefined && { jobs }),
      ...(wait !== undefined && { wait }),
      ...(carry && observation !== undefined && { observation }),
    });
    await receive(consumers, observe, [message]);
  }
  return messages.map(({ channel }) => channel);
}
