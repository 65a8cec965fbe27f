import { defineConsumer } from '../runtime/consume.ts';

/** An image group finished verification: the documents that came of it. */
export const handler = defineConsumer();
