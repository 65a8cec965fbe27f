import { defineConsumer } from '../runtime/consume.ts';

/** Fetches the documents of an image group that finished verification. */
export const handler = defineConsumer();
