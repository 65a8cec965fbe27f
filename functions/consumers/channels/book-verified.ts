import { defineConsumer } from '../runtime/consume.ts';

/** Fetches the statuses and results of a book whose documents are all verified or rejected. */
export const handler = defineConsumer();
