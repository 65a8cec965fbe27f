import { defineConsumer } from '../runtime/consume.ts';

/** Results of a book as a whole: analytics, signals, income, classification, and what `book.completed` names. Looks come here, too. */
export const handler = defineConsumer();
