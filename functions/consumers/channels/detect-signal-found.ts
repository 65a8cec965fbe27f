import { defineConsumer } from '../runtime/define-consumer.ts';

/** Detect found tampering signals in a document. */
export const handler = defineConsumer();
