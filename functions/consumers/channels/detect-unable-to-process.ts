import { defineConsumer } from '../runtime/define-consumer.ts';

/** Detect could not process a document: the reason, and its signals where there are some. */
export const handler = defineConsumer();
