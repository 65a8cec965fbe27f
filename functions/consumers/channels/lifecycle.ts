import { defineConsumer } from '../runtime/define-consumer.ts';

/** Something moved that brings no result: the statuses of book and documents. */
export const handler = defineConsumer();
