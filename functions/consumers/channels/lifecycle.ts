import { defineConsumer } from '../runtime/consume.ts';

/** Compares the statuses of a book and its documents, for events that bring no result. */
export const handler = defineConsumer();
