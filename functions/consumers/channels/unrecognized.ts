import { defineConsumer } from '../runtime/consume.ts';

/** Genuine deliveries that are not understood: recorded with their body, and counted. */
export const handler = defineConsumer();
