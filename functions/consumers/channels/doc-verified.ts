import { defineConsumer } from '../runtime/consume.ts';

/** Fetches the status, forms and transactions of a document that is verified or rejected. */
export const handler = defineConsumer();
