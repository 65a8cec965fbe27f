import { defineConsumer } from '../runtime/define-consumer.ts';

/** Detect found no tampering signals in a document. */
export const handler = defineConsumer();
