import { defineConsumer } from '../runtime/consume.ts';

/** Suspicious activity was found in a book: its flags. */
export const handler = defineConsumer();
