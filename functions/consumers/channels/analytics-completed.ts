import { defineConsumer } from '../runtime/define-consumer.ts';

/** A version 1 asynchronous analytics request is done: its result. */
export const handler = defineConsumer();
