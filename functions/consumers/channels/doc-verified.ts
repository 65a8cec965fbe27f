import { defineConsumer } from '../runtime/consume.ts';

/** A document is verified or rejected: its forms and transactions. */
export const handler = defineConsumer();
