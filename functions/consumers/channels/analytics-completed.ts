import { defineConsumer } from '../runtime/consume.ts';

/** A version 1 asynchronous analytics request is done: its result. */
export const handler = defineConsumer();
