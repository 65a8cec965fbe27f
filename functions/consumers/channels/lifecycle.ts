import { defineConsumer } from '../runtime/consume.ts';

/** Events that bring no result: the statuses of the book and its documents are compared. */
export const handler = defineConsumer();
