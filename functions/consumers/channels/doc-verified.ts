import { defineConsumer } from '../runtime/define-consumer.ts';

/** A document is verified or rejected: its forms and transactions. The poller sends here what documents lack. */
export const handler = defineConsumer();
