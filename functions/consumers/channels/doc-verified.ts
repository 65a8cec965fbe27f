import { defineConsumer } from '../runtime/consume.ts';

/** A document is verified or rejected: its forms and transactions. The poller sends here what documents lack. */
export const handler = defineConsumer();
