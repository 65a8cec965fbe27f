import { defineConsumer } from '../runtime/consume.ts';

/** A document is verified or rejected: its forms and transactions. The poller sends messages for missing results of documents here, too. */
export const handler = defineConsumer();
