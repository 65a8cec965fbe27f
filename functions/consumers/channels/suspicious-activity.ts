import { defineConsumer } from '../runtime/consume.ts';

/** Fetches the flags of a book in which suspicious activity was found. */
export const handler = defineConsumer();
