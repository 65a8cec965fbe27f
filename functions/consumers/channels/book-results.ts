import { defineConsumer } from '../runtime/consume.ts';

/**
 * Fetches results of a whole book (analytics, signals, income, classification, `book.completed`), and looks at books.
 */
export const handler = defineConsumer();
