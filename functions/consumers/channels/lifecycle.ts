import { defineConsumer } from '../runtime/consume.ts';

/** Something moved that brings no result: the statuses of book and documents. */
export const handler = defineConsumer();
