import { defineConsumer } from '../runtime/consume.ts';

/** Detect found no tampering signals in a document. */
export const handler = defineConsumer();
