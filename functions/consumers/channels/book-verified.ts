import { defineConsumer } from '../runtime/define-consumer.ts';

/** Every document of a book is verified or rejected: the book, its documents, and what was read from them. */
export const handler = defineConsumer();
