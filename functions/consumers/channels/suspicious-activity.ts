import { defineConsumer } from '../runtime/define-consumer.ts';

/** Suspicious activity was found in a book: its flags. */
export const handler = defineConsumer();
