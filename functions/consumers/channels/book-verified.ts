import { defineConsumer } from '../runtime/define-consumer.ts';

/** Every document of a book is verified or rejected: the book, its documents, and their forms and transactions. */
export const handler = defineConsumer('book-verified');
