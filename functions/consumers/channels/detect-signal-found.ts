import { defineConsumer } from '../runtime/consume.ts';

/** Fetches the signals of a document in which Detect found tampering. */
export const handler = defineConsumer();
