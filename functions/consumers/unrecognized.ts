import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';

/** Genuine, but not understood: kept in the ledger with its body, and counted. */
export const observe: Observe = async ({ envelope, parts }) => {
  const reason = envelope.unrecognized ?? 'unknown-name';
  parts.metrics.count('UnrecognizedEvent', { reason });
  return { outcome: 'unrecognized', reason };
};

export const handler = defineConsumer('unrecognized', observe);
