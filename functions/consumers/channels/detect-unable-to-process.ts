import { defineConsumer } from '../runtime/consume.ts';

/** Stores why Detect could not process a document, and its signals if there are any. */
export const handler = defineConsumer();
