import { defineConsumer } from '../runtime/consume.ts';

/** Detect could not process a document: the reason, and its signals where there are some. */
export const handler = defineConsumer();
