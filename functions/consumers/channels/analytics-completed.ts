import { defineConsumer } from '../runtime/consume.ts';

/** Fetches the result of a version 1 asynchronous analytics request that is done. */
export const handler = defineConsumer();
