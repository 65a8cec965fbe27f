import { defineConsumer } from '../runtime/define-consumer.ts';

/** An image group finished verification: the documents that came of it. */
export const handler = defineConsumer();
