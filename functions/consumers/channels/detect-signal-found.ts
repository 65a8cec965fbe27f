import { defineConsumer } from '../runtime/consume.ts';

/** Detect found tampering signals in a document. */
export const handler = defineConsumer();
