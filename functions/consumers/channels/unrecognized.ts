import { defineConsumer } from '../runtime/consume.ts';

/** Records and counts genuine deliveries that are not understood, with their body. */
export const handler = defineConsumer();
