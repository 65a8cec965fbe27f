import { defineConsumer } from '../runtime/consume.ts';

/** Every document of a book is verified or rejected: the book, its documents, and what was read from them. */
export const handler = defineConsumer();
