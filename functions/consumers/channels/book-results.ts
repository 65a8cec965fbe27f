import { defineConsumer } from '../runtime/consume.ts';

/** Results of a book as a whole: analytics, signals, income, classification, what `book.completed` names; and all looks. */
export const handler = defineConsumer();
