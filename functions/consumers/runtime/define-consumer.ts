import type { SQSHandler } from 'aws-lambda';
import { readSettings } from '../../../shared/settings.ts';
import { consume } from './consume.ts';
import { type ConsumerDependencies, openConsumer } from './dependencies.ts';
import { ConsumerSettings } from './settings.ts';

/**
 * The Lambda of a channel. When SQS retries a batch, it asks Ocrolus again and changes nothing that is already written.
 * Dependencies are opened at the first batch, so that tests can import a channel without its environment.
 */
export function defineConsumer(): SQSHandler {
  let opened:
    | { readonly settings: ConsumerSettings; readonly dependencies: ConsumerDependencies }
    | undefined;
  return (event, context) => {
    opened ??= open();
    return consume(opened.settings.CHANNEL, opened.dependencies, event, context);
  };
}

function open() {
  const settings = readSettings(ConsumerSettings);
  return { settings, dependencies: openConsumer(settings) };
}
